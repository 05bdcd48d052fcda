import ArgumentParser
import FeatureSearch
import Foundation
import Tensors

/// Times exact top-k search over random unit vectors, ours from a collection's file and that of other libraries, alternately.
struct SearchBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Milliseconds an exact search, ours and that of other libraries in turn.")

    @Option(help: "Vectors.") var n = 1_000_000
    @Option(help: "Numbers of a vector.") var dim = 384
    @Option(help: "Hits of a query.") var k = 10
    @Option(help: "Threads of every program.") var threads = 2
    @Option(help: "Rounds: each runs every program once.") var rounds = 3
    @Option(help: "Calls whose median a round takes.") var runs = 9
    @Option(help: "A Python interpreter with FAISS; without it only ours is measured.") var peers: String?
    @Option(help: "avx512, avx2 or portable; the fastest when absent.") var instructionSet: String?

    func validate() throws {
        guard (1...1000).contains(rounds), (1...1000).contains(runs) else {
            throw ValidationError("--rounds and --runs are from 1 to 1000")
        }
        guard (1000...20_000_000).contains(n), (1...QuantizedRows.maximumDimensions).contains(dim),
            (1...1000).contains(k)
        else { throw ValidationError("--n is from 1000 to 20000000, --dim to 16384, --k to 1000") }
    }

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dino-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let vectors =
            try peers.map {
                try SearchVectors(python: $0, folder: folder, count: n, dimensions: dim, k: k, threads: threads)
            } ?? SearchVectors(count: n, dimensions: dim)
        let collection = try SearchCollection(vectors, at: folder.appendingPathComponent("collection.sqlite"))
        let index = VectorIndex(
            dimensions: dim, compute: try Compute(threads: threads, instructionSet: instructionSet), capacity: n)
        let loading = try ContinuousClock().measure { try collection.load(into: index) }
        let bytes = Double(n * dim * 4)
        try printLine(
            Loading(
                n: n, dim: dim, seconds: loading.seconds, megabytesPerSecond: bytes / 1e6 / loading.seconds,
                residentBytes: index.residentBytes, residentOfFloats: Double(index.residentBytes) / bytes))
        if !vectors.nearest.isEmpty {
            let answer = try index.search(vectors.queries, k: k, source: collection)
            let equal = zip(answer.hits, vectors.nearest).count { Set($0.map { Int($0.id) - 1 }) == Set($1) }
            try printLine(
                Agreement(
                    queries: vectors.queries.count, equalSets: equal, candidates: answer.candidates,
                    reranked: answer.reranked))
        }
        var all: [Figure] = []
        for _ in 0..<rounds {
            all += try ours(index, vectors, collection)
            guard let peers else { continue }
            all += try Peers(python: peers, folder: Peers.sharedFolder).run(
                "search_peers.py",
                ["--n", "\(n)", "--dim", "\(dim)", "--k", "\(k)", "--threads", "\(threads)"], of: Figure.self)
        }
        try report(all)
    }

    private static let name = "dino-server"

    private func ours(_ index: VectorIndex, _ vectors: SearchVectors, _ source: SearchCollection) throws -> [Figure] {
        let one = [vectors.queries[0]]
        let rare = try source.store.labelToken(SearchCollection.label) ?? 0
        let ids = stride(from: 8, through: n, by: 100).map { Int64($0) }
        func figure(_ what: String, _ queries: [[Float]], _ filter: RowFilter = RowFilter()) throws -> Figure {
            let time = try medianMilliseconds(runs: runs) {
                _ = try index.search(queries, k: k, filter: filter, source: source)
            }
            return Figure(library: what, queries: queries.count, ms: time)
        }
        return [
            try figure(Self.name, one), try figure(Self.name, vectors.queries),
            try figure("\(Self.name), 1 % by label", one, RowFilter(labels: .oneOf([rare]))),
            try figure("\(Self.name), 1 % by ids", one, RowFilter(ids: ids)),
            Figure(
                library: "\(Self.name), an insert and the search that finds it", queries: 1,
                ms: try visible(index, vectors)),
        ]
    }

    /// The time of an insert and of the next search, which must find it.
    private func visible(_ index: VectorIndex, _ vectors: SearchVectors) throws -> Double {
        let id = Int64(n + 1), vector = vectors.row(0)
        return try medianMilliseconds(runs: runs) {
            try index.insert(id: id, label: 0, vector: vector)
            let hits = try index.search([vector], k: 2, source: OneVector(id: id, others: vectors)).hits[0]
            guard hits.contains(where: { $0.id == id }) else {
                throw ValidationError("the inserted vector was not found")
            }
            index.remove(id)
        }
    }

    /// The benchmark's rows, and one more that is the first again.
    private struct OneVector: VectorSource {
        let id: Int64
        let others: SearchVectors
        func vectors(of ids: [Int64]) -> [Int64: [Float]] {
            Dictionary(uniqueKeysWithValues: ids.map { ($0, others.row($0 == id ? 0 : Int($0) - 1)) })
        }
    }
}

extension SearchBenchmark {
    private struct Figure: Decodable {
        let library: String
        let queries: Int
        let ms: Double
    }

    private struct Loading: Encodable {
        let n, dim: Int
        let seconds, megabytesPerSecond: Double
        let residentBytes: Int
        let residentOfFloats: Double

        enum CodingKeys: String, CodingKey {
            case n, dim, seconds
            case megabytesPerSecond = "mb_per_s"
            case residentBytes = "resident_bytes"
            case residentOfFloats = "resident_of_fp32"
        }
    }

    private struct Agreement: Encodable {
        let queries, equalSets, candidates, reranked: Int

        enum CodingKeys: String, CodingKey {
            case queries, candidates, reranked
            case equalSets = "sets_equal_to_faiss"
        }
    }

    private struct Line: Encodable {
        let library: String
        let queries, n, dim, k, threads, rounds: Int
        let ms: Spread
        /// How many times ours of as many queries takes less, by medians.
        let oursIsFasterBy: Double?

        enum CodingKeys: String, CodingKey {
            case library, queries, n, dim, k, threads, rounds, ms
            case oursIsFasterBy = "ours_is_faster_by"
        }
    }

    private func report(_ all: [Figure]) throws {
        struct Key: Hashable { let library: String, queries: Int }
        let groups = Dictionary(grouping: all) { Key(library: $0.library, queries: $0.queries) }
            .mapValues { Spread($0.map(\.ms)) }
        for (key, spread) in groups.sorted(by: { ($0.key.queries, $0.key.library) < ($1.key.queries, $1.key.library) })
        {
            let own = groups[Key(library: Self.name, queries: key.queries)]?.median
            try printLine(
                Line(
                    library: key.library, queries: key.queries, n: n, dim: dim, k: k, threads: threads, rounds: rounds,
                    ms: spread,
                    oursIsFasterBy: own.map { (spread.median / $0 * 1000).rounded() / 1000 }))
        }
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
