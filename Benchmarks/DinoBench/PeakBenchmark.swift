import ArgumentParser
import Checkpoints
import DINO
import FeatureSearch
import Foundation
import Tensors

/// Measures what the machine can do at most, and how near to that this software comes.
struct PeakBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peak", abstract: "The machine's peaks, measured, and how near to them ours comes.",
        discussion: "With --report it also draws docs/pictures/roofline.svg.")

    @Option(help: "vits16, vits8, vitb16 or vits14 (at 518).") var model = "vits16"
    @Option(help: "Batch sizes, separated by commas.") var batches = "1,8"
    @Option(help: "Calls whose median counts.") var runs = 9
    @OptionGroup var options: RunOptions

    func validate() throws { try RunOptions.check(runs: runs) }

    func run() throws {
        let sizes = try Lists.numbers(batches, of: "--batches", in: 1...1024)
        let compute = try Compute(threads: options.threads)
        let peaks = [Peaks.measure(on: compute)] + (try alone())
        for peak in peaks { try printLine(peak) }
        let points = try forward(sizes, on: compute) + search(on: compute)
        for point in points { try printLine(point) }
        if options.report { try report(peaks, points).write() }
    }

    /// The peaks of one thread, where more were measured.
    private func alone() throws -> [Peaks] {
        options.threads == 1 ? [] : [Peaks.measure(on: try Compute(threads: 1))]
    }

    /// The forward pass in each precision.
    private func forward(_ sizes: [Int], on compute: Compute) throws -> [Roofline.Point] {
        let random = try RandomModel.named(model)
        return try Precision.allCases.filter(compute.supports).flatMap { precision in
            let loaded = try withTemporaryFolder { try random.load(into: $0, precision: precision, on: compute) }
            return try sizes.map { batch in
                let input = Tensor.noise([batch, 3, random.size, random.size], in: -2...2)
                let times = try (0..<options.rounds).map { _ in
                    try medianMilliseconds(runs: runs) { _ = try loaded.transformer.forward(input) }
                }
                let cost = ForwardCost(random.architecture, size: random.size, batch: batch)
                return Roofline.Point(
                    name: batch == 1 ? "1 image" : "\(batch) images", work: .forward, precision: precision,
                    operations: cost.operations, bytes: cost.bytes(precision), milliseconds: Spread(times))
            }
        }
    }

    /// The first look of an exact search, which reads one byte for each number of every vector.
    private func search(on compute: Compute) throws -> [Roofline.Point] {
        let rows = 200_000, dimensions = 384
        let vectors = SearchVectors(count: rows, dimensions: dimensions)
        let index = VectorIndex(dimensions: dimensions, compute: compute, capacity: rows)
        for row in 0..<rows { try index.insert(id: Int64(row + 1), label: 0, vector: vectors.row(row)) }
        return try [[vectors.queries[0]], vectors.queries].map { queries in
            let times = try (0..<options.rounds).map { _ in
                try medianMilliseconds(runs: runs) { _ = try index.search(queries, k: 10, source: vectors) }
            }
            let bytes = Double(rows * dimensions)
            return Roofline.Point(
                name: queries.count == 1 ? "1 query" : "\(queries.count) queries", work: .search, precision: .int8,
                operations: 2 * bytes * Double(queries.count), bytes: bytes, milliseconds: Spread(times))
        }
    }

    private func report(_ peaks: [Peaks], _ points: [Roofline.Point]) throws -> Report {
        var limits = MarkdownTable(
            ["peak, measured"] + peaks.map { $0.threads == 1 ? "one thread" : "\($0.threads) threads" })
        for precision in Precision.allCases {
            let cells = peaks.map { $0.operations(precision)?.short ?? "" }
            limits.add(["\(precision.rawValue), 10⁹ operations a second"] + cells)
        }
        limits.add(["memory read, GB/s"] + peaks.map(\.memory.short))
        var reached = MarkdownTable(
            ["what", "operations a byte", "10⁹ operations a second", "the limit there", "share of the limit"])
        for point in points {
            let limit = peaks[0].limit(point.intensity, point.precision)
            reached.add([
                "\(point.work.rawValue), \(point.precision.rawValue), \(point.name)", point.intensity.short,
                point.rate.short, limit?.short ?? "", limit.map { (point.rate / $0).percent } ?? "",
            ])
        }
        let picture = Roofline(
            peaks: peaks[0], points: points, title: "What the machine allows, and what \(model) and exact search reach"
        ).svg
        try AtomicFile.write(
            Array(picture.utf8), to: Checkout.root.appendingPathComponent("docs/pictures/roofline.svg").path)
        var report = Report("peak")
        report.add(limits)
        report.add("![The limits of memory and multipliers, and what is reached under them](pictures/roofline.svg)")
        report.add(reached)
        return report
    }
}
