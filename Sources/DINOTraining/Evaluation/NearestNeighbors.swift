import Foundation
import Synchronization
public import Tensors

/// The share of right answers of one number of neighbours.
public struct KNNResult: Sendable, Codable, Equatable {
    /// The number of neighbours.
    public let k: Int
    /// The share of queries whose class got the most votes.
    public let top1: Double
    /// The share of queries whose class is among the five with the most votes; a class without a vote is not.
    public let top5: Double
    /// For each query, whether `top1` counts it.
    let isRight: [Bool]

    private enum CodingKeys: String, CodingKey { case k, top1, top5 }

    /// The figures of a report; which queries were right is not written.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        k = try keys.decode(Int.self, forKey: .k)
        top1 = try keys.decode(Double.self, forKey: .top1)
        top5 = try keys.decode(Double.self, forKey: .top5)
        isRight = []
    }

    init(k: Int, top1: Double, top5: Double, isRight: [Bool]) {
        self.k = k
        self.top1 = top1
        self.top5 = top5
        self.isRight = isRight
    }
}

/// Classification by the weighted vote of the nearest neighbours (`eval_knn.py`): the k rows with the largest cosine
/// vote for their class with exp(cosine / T).
///
/// Exact: every cosine is computed. Of equal cosines the earlier row is nearer, of equal votes the earlier class wins, so
/// figures depend on no number of threads.
public enum NearestNeighbors {
    /// Queries that a thread compares at a time, and rows of the bank they are compared with.
    private static let run = 112, panel = 1024
    /// Floats of the bank that are rearranged for the kernels at a time.
    private static let packed = 16 << 20

    /// The figures for each of `ks`.
    ///
    /// Cost: 2·n·m·D operations; memory beside the features: 64 MiB and 16 bytes for each query and neighbour.
    ///
    /// - Parameters:
    ///   - bank: rows (n, D) of length 1 that vote.
    ///   - queries: rows (m, D) of length 1 that are asked about.
    ///   - ks: numbers of neighbours; those above n are left out.
    ///   - temperature: `T`.
    ///   - stop: asked between two parts of the bank.
    ///   - progress: called with the rows of the bank that were compared, and n.
    /// - Throws: `EvaluationError` where the bank is smaller than every one of `ks`, or a setting is out of its range;
    ///   `.stopped` after `stop`.
    /// - Precondition: both have one width.
    public static func evaluate(
        bank: FeatureSet, queries: FeatureSet, ks: [Int] = [10, 20, 100, 200], temperature: Double = 0.07,
        on compute: Compute, stop: StopFlag? = nil, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(EvaluationError) -> [KNNResult] {
        precondition(bank.width == queries.width, "features of two widths")
        guard let least = ks.min(), least > 0 else { throw .setting("--k needs numbers above 0") }
        guard temperature > 0, temperature.isFinite else {
            throw .setting("--temperature is \(temperature), expected more than 0")
        }
        let possible = Set(ks.filter { $0 <= bank.count }).sorted()
        guard let largest = possible.last else { throw .tooFewImages(bank: bank.count, least: least) }

        let runs = stride(from: 0, to: queries.count, by: run).map {
            QueryRun($0..<min($0 + run, queries.count), capacity: largest)
        }
        let scratch = (0..<compute.threads).map { _ in
            Scratch(queries: Matrix(columns: queries.width), cosines: Matrix(columns: panel))
        }
        let together = max(1, packed / (panel * bank.width)) * panel
        for start in stride(from: 0, to: bank.count, by: together) {
            if let stop, stop.isSet { throw .stopped }
            let end = min(start + together, bank.count)
            let panels = stride(from: start, to: end, by: panel).map { first in
                Panel(bank, rows: first..<min(first + panel, end), on: compute)
            }
            compute.forEach(runs.count) { index, thread in
                runs[index].compare(queries.features, with: panels, scratch[thread], on: compute)
            }
            progress(end, bank.count)
        }
        let neighbors = runs.flatMap { $0.neighbors() }
        return possible.map { vote(neighbors, k: $0, bank: bank, queries: queries, temperature) }
    }

    private static func vote(
        _ neighbors: [[Neighbor]], k: Int, bank: FeatureSet, queries: FeatureSet, _ temperature: Double
    ) -> KNNResult {
        var isRight: [Bool] = [], among = 0
        isRight.reserveCapacity(queries.count)
        for (nearest, label) in zip(neighbors, queries.labels) {
            let ranking = ranking(nearest.prefix(k), labels: bank.labels, temperature)
            isRight.append(ranking.first == label)
            if ranking.prefix(5).contains(label) { among += 1 }
        }
        let count = Double(max(queries.count, 1))
        return KNNResult(
            k: k, top1: Double(isRight.count { $0 }) / count, top5: Double(among) / count, isRight: isRight)
    }

    /// The classes that got votes, most first.
    static func ranking(_ nearest: ArraySlice<Neighbor>, labels: [Int], _ temperature: Double) -> [Int] {
        guard let largest = nearest.first?.cosine else { return [] }
        var votes: [Int: Double] = [:]
        for neighbor in nearest {
            // Beside the largest, so that no temperature is too low for the exponential.
            votes[labels[neighbor.row], default: 0] += exp(Double(neighbor.cosine - largest) / temperature)
        }
        return votes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }
}

/// Rows of the bank, rearranged for the kernels.
private struct Panel: Sendable {
    let rows: Range<Int>
    let cosines: PackedLinear

    init(_ bank: FeatureSet, rows: Range<Int>, on compute: Compute) {
        self.rows = rows
        let width = bank.width
        cosines = PackedLinear(outputs: rows.count, inputs: width, bias: nil, on: compute) { weight in
            _ = weight.update(fromContentsOf: bank.features.scalars[rows.lowerBound * width..<rows.upperBound * width])
        }
    }
}

/// The memory of one thread.
private struct Scratch: Sendable {
    let queries, cosines: Matrix
}

/// Some queries and the nearest rows found so far; one thread at a time works on it.
private final class QueryRun: Sendable {
    private let queries: Range<Int>
    private let nearest: Mutex<[NearestRows]>

    init(_ queries: Range<Int>, capacity: Int) {
        self.queries = queries
        nearest = Mutex([NearestRows](repeating: NearestRows(capacity: capacity), count: queries.count))
    }

    func compare(_ features: Tensor, with panels: [Panel], _ scratch: Scratch, on compute: Compute) {
        scratch.queries.resize(rows: queries.count)
        scratch.queries.write(features, rows: queries, to: 0)
        scratch.cosines.resize(rows: queries.count)
        nearest.withLock { nearest in
            for panel in panels {
                let cosines = scratch.cosines.allRows.columns(0..<panel.rows.count)
                compute.linear(scratch.queries.allRows, panel.cosines, into: cosines)
                for query in 0..<queries.count {
                    cosines.withRow(query) { nearest[query].offer($0, firstRow: panel.rows.lowerBound) }
                }
            }
        }
    }

    func neighbors() -> [[Neighbor]] { nearest.withLock { $0.map { $0.sorted() } } }
}
