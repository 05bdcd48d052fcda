import FeatureSearch
import Foundation
import Synchronization
import TestSupport

/// Vectors in memory: the source of a test, and the specification of a search over them.
final class Vectors: VectorSource {
    struct Row {
        var label: Int32
        var vector: [Float]
    }

    private let rows: Mutex<[Int64: Row]>
    private let reads = Mutex(0)

    init(_ rows: [Int64: Row] = [:]) { self.rows = Mutex(rows) }

    func vectors(of ids: [Int64]) -> [Int64: [Float]] {
        reads.withLock { $0 += ids.count }
        return rows.withLock { rows in
            ids.reduce(into: [:]) { found, id in rows[id].map { found[id] = $0.vector } }
        }
    }

    subscript(id: Int64) -> Row? {
        get { rows.withLock { $0[id] } }
        set { rows.withLock { $0[id] = newValue } }
    }

    var all: [Int64: Row] { rows.withLock { $0 } }
    var vectorsRead: Int { reads.withLock { $0 } }

    /// The hits as their definition says: every product, in double precision, rounded to float32, and sorted.
    func search(_ query: [Float], k: Int, minimumScore: Float? = nil, filter: RowFilter = RowFilter()) -> [SearchHit] {
        let length = query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let unit = query.map { Float(Double($0) / length) }, ids = filter.ids.map(Set.init)
        let hits = all.compactMap { id, row -> SearchHit? in
            guard filter.labels.keeps(row.label), ids?.contains(id) ?? true else { return nil }
            return SearchHit(id: id, score: Float(Exact.product(unit, row.vector)))
        }
        return Array(hits.filter { $0.score >= minimumScore ?? -2 }.sorted().prefix(k))
    }
}

extension RowFilter.Labels {
    fileprivate func keeps(_ label: Int32) -> Bool {
        switch self {
        case .any: true
        case .labelled: label != 0
        case .unlabelled: label == 0
        case .oneOf(let labels): labels.contains(label)
        }
    }
}

/// A vector of length 1.
func unit(_ vector: [Double]) -> [Float] {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? vector.map { Float($0 / length) } : [1] + [Float](repeating: 0, count: vector.count - 1)
}

/// Kinds of vectors that a search has to cope with.
enum Kind: String, CaseIterable {
    case random, clustered, duplicates, sparse, peaked, nearTies

    func vector(_ dimensions: Int, _ generator: inout SeededGenerator) -> [Float] {
        func noise(_ generator: inout SeededGenerator) -> [Double] {
            (0..<dimensions).map { _ in Double.random(in: -1...1, using: &generator) }
        }
        func center(_ seed: Int) -> [Double] {
            var own = SeededGenerator(seed: UInt64(seed))
            return noise(&own)
        }
        switch self {
        case .random: return unit(noise(&generator))
        case .clustered:
            let middle = center(.random(in: 0..<5, using: &generator))
            return unit(zip(middle, noise(&generator)).map { $0 + 0.05 * $1 })
        case .duplicates: return unit(center(.random(in: 0..<7, using: &generator)))
        case .sparse:
            var vector = [Double](repeating: 0, count: dimensions)
            vector[.random(in: 0..<dimensions, using: &generator)] = 1
            vector[.random(in: 0..<dimensions, using: &generator)] += 1e-38
            return unit(vector)
        case .peaked:
            var vector = noise(&generator)
            vector[0] = 50
            return unit(vector)
        case .nearTies:
            // Differences far under a step of either level.
            return unit(zip(center(1), noise(&generator)).map { $0 + 1e-6 * $1 })
        }
    }
}

extension VectorIndex {
    /// Puts a row into the index and the source.
    func insert(_ id: Int64, _ row: Vectors.Row, with vectors: Vectors) throws {
        vectors[id] = row
        try insert(id: id, label: row.label, vector: row.vector)
    }
}
