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
    @Option(help: "Calls whose median a round takes.") var runs = 9
    @Option(help: "Smaller collections to time ours in too, separated by commas.") var smaller = "10000,100000"
    @Option(help: "avx512, avx2 or portable; the fastest when absent.") var instructionSet: String?
    @OptionGroup var options: RunOptions

    func validate() throws {
        try RunOptions.check(runs: runs)
        guard (1000...20_000_000).contains(n), (1...QuantizedRows.maximumDimensions).contains(dim),
            (1...1000).contains(k)
        else { throw ValidationError("--n is from 1000 to 20000000, --dim to 16384, --k to 1000") }
    }

    func run() throws {
        let sizes = try Lists.numbers(smaller, of: "--smaller", in: 1000...n)
        let compute = try Compute(threads: options.threads, instructionSet: instructionSet)
        try withTemporaryFolder { folder in
            let vectors =
                try options.peers.map {
                    try SearchVectors(
                        python: $0, folder: folder, count: n, dimensions: dim, k: k, threads: options.threads)
                } ?? SearchVectors(count: n, dimensions: dim)
            let collection = try SearchCollection(vectors, at: folder.appendingPathComponent("collection.sqlite"))
            let index = VectorIndex(dimensions: dim, compute: compute, capacity: n)
            let time = try ContinuousClock().measure { try collection.load(into: index, first: n) }
            let loading = Loading(self, seconds: time / .seconds(1), residentBytes: index.residentBytes)
            try printLine(loading)
            let agreement = try agreement(index, vectors, collection)
            try agreement.map { try printLine($0) }
            var figures = try takeTurns(index, vectors, collection)
            for size in sizes {
                let part = VectorIndex(dimensions: dim, compute: compute, capacity: size)
                try collection.load(into: part, first: size)
                for _ in 0..<options.rounds { try measure(part, size, vectors, collection, into: &figures) }
            }
            for what in figures.keys.sorted(by: { ($0.queries, $0.library) < ($1.queries, $1.library) }) {
                try printLine(Line(what, self, figures))
            }
            if options.report { try report(figures, loading, agreement, sizes + [n]).write() }
        }
    }

    private func takeTurns(
        _ index: VectorIndex, _ vectors: SearchVectors, _ collection: SearchCollection
    ) throws -> Figures<What> {
        var figures = Figures<What>()
        for _ in 0..<options.rounds {
            try measure(index, n, vectors, collection, into: &figures)
            try measureFilters(index, vectors, collection, into: &figures)
            guard let peers = options.peers else { continue }
            let lines = try Peers(python: peers, folder: Peers.sharedFolder).run(
                "search_peers.py",
                ["--n", "\(n)", "--dim", "\(dim)", "--k", "\(k)", "--threads", "\(options.threads)"],
                of: PeerLine.self)
            for line in lines {
                figures.add(line.ms, for: What(library: line.library, queries: line.queries, rows: n))
            }
        }
        return figures
    }

    private func agreement(
        _ index: VectorIndex, _ vectors: SearchVectors, _ source: SearchCollection
    ) throws -> Agreement? {
        guard !vectors.nearest.isEmpty else { return nil }
        let answer = try index.search(vectors.queries, k: k, source: source)
        let equal = zip(answer.hits, vectors.nearest).count { Set($0.map { Int($0.id) - 1 }) == Set($1) }
        return Agreement(
            queries: vectors.queries.count, equalSets: equal, candidates: answer.candidates, reranked: answer.reranked)
    }

    /// One query and 64, over as many rows as the index holds.
    private func measure(
        _ index: VectorIndex, _ rows: Int, _ vectors: SearchVectors, _ source: SearchCollection,
        into figures: inout Figures<What>
    ) throws {
        for queries in [[vectors.queries[0]], vectors.queries] {
            let time = try medianMilliseconds(runs: runs) { _ = try index.search(queries, k: k, source: source) }
            figures.add(time, for: .ours(queries.count, rows))
        }
    }

    private func measureFilters(
        _ index: VectorIndex, _ vectors: SearchVectors, _ source: SearchCollection, into figures: inout Figures<What>
    ) throws {
        let one = [vectors.queries[0]]
        let rare = try source.store.labelToken(SearchCollection.label) ?? 0
        let ids = stride(from: 8, through: n, by: 100).map { Int64($0) }
        for (name, filter) in [("label", RowFilter(labels: .oneOf([rare]))), ("ids", RowFilter(ids: ids))] {
            let time = try medianMilliseconds(runs: runs) {
                _ = try index.search(one, k: k, filter: filter, source: source)
            }
            figures.add(time, for: .ours("1 % by \(name)", n))
        }
        figures.add(try visible(index, vectors), for: .ours("an insert and the search that finds it", n))
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
