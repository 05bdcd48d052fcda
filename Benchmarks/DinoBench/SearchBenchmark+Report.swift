import Foundation

extension SearchBenchmark {
    /// What answers, how many queries together, over how many vectors.
    struct What: Hashable {
        let library: String
        let queries, rows: Int

        static func ours(_ queries: Int, _ rows: Int) -> What {
            What(library: "dino-server", queries: queries, rows: rows)
        }

        /// One query of ours with something to it.
        static func ours(_ how: String, _ rows: Int) -> What {
            What(library: "dino-server, \(how)", queries: 1, rows: rows)
        }
    }

    struct PeerLine: Decodable {
        let library: String
        let queries: Int
        let ms: Double
    }

    struct Loading: Encodable {
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

        init(_ benchmark: SearchBenchmark, seconds: Double, residentBytes: Int) {
            (n, dim) = (benchmark.n, benchmark.dim)
            let bytes = Double(n * dim * 4)
            self.seconds = seconds
            megabytesPerSecond = bytes / 1e6 / seconds
            self.residentBytes = residentBytes
            residentOfFloats = Double(residentBytes) / bytes
        }
    }

    struct Agreement: Encodable {
        let queries, equalSets, candidates, reranked: Int

        enum CodingKeys: String, CodingKey {
            case queries, candidates, reranked
            case equalSets = "sets_equal_to_faiss"
        }
    }

    struct Line: Encodable {
        let library: String
        let queries, n, dim, k, threads, rounds: Int
        let ms: Spread?
        /// How many times ours of as many queries takes less, round by round.
        let oursIsFasterBy: Spread?

        enum CodingKeys: String, CodingKey {
            case library, queries, n, dim, k, threads, rounds, ms
            case oursIsFasterBy = "ours_is_faster_by"
        }

        init(_ what: What, _ benchmark: SearchBenchmark, _ figures: Figures<What>) {
            (library, queries, n) = (what.library, what.queries, what.rows)
            (dim, k) = (benchmark.dim, benchmark.k)
            (threads, rounds) = (benchmark.options.threads, benchmark.options.rounds)
            ms = figures[what]
            oursIsFasterBy = figures.ratio(what, to: .ours(what.queries, what.rows))
        }
    }

    func report(_ figures: Figures<What>, _ loading: Loading, _ agreement: Agreement?, _ sizes: [Int]) -> Report {
        var libraries: [String] = []
        for key in figures.keys where key.rows == n && !libraries.contains(key.library) {
            libraries.append(key.library)
        }
        let counts = [1, 64]
        var table = MarkdownTable(
            [
                "milliseconds, \(Double(n).short) × \(dim)", "1 query", "ours is faster by", "64 queries together",
                "ours is faster by",
            ])
        for library in libraries {
            table.add(
                [library]
                    + counts.flatMap { count in
                        let what = What(library: library, queries: count, rows: n)
                        let ratio = library.hasPrefix("dino-server") ? nil : figures.ratio(what, to: .ours(count, n))
                        return [figures[what]?.text ?? "", ratio?.text ?? ""]
                    })
        }
        var growth = MarkdownTable(["milliseconds of ours"] + sizes.map { "\(Double($0).short) vectors" })
        for count in counts {
            let times = sizes.map { figures[.ours(count, $0)]?.text ?? "" }
            growth.add([count == 1 ? "1 query" : "\(count) queries"] + times)
        }
        var report = Report("search")
        report.add(table)
        report.add(growth)
        if let agreement {
            report.add(
                "The \(k) best of \(agreement.equalSets) of \(agreement.queries) queries are those of FAISS. The first look "
                    + "decided about all but \(Double(agreement.candidates).short) of "
                    + "\((Double(n) * Double(agreement.queries) / 1e6).short) million products; "
                    + "\(Double(agreement.reranked).short) vectors were read in float32.")
        }
        report.add(
            "In memory are \((Double(loading.residentBytes) / 1e6).short) MB, \(loading.residentOfFloats.short) of the vectors "
                + "in float32. Loading from SQLite: \(loading.megabytesPerSecond.short) MB/s. " + options.method)
        return report
    }
}
