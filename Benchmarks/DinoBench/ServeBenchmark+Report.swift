import Tensors

extension ServeBenchmark {
    /// What is told of a server under load.
    enum Figure: CaseIterable {
        case rate, median, p95, p99
    }

    /// A figure of a program with a number of connections.
    struct What: Hashable {
        let program: String
        let precision: Precision
        let connections: Int
        let figure: Figure

        init(_ program: String, _ precision: Precision, _ connections: Int, _ figure: Figure) {
            (self.program, self.precision, self.connections, self.figure) = (program, precision, connections, figure)
        }

        func with(_ figure: Figure) -> What { What(program, precision, connections, figure) }

        static func peer(_ connections: Int) -> What { What(ServedProgram.peer, .fp32, connections, .rate) }

        var isOurs: Bool { program == ServedProgram.ours }
    }

    struct Line: Encodable {
        let program, precision, model: String
        let connections, threads, rounds: Int
        /// Answers a second, and milliseconds.
        let perSecond, p50, p95, p99: Spread?
        /// Of ours: how many times as many answers as the other's, which is float32 whatever ours is; round by round.
        let timesThePeers: Spread?

        enum CodingKeys: String, CodingKey {
            case program, precision, model, connections, threads, rounds
            case perSecond = "per_s"
            case p50 = "p50_ms"
            case p95 = "p95_ms"
            case p99 = "p99_ms"
            case timesThePeers = "times_the_peers_in_fp32"
        }

        init(_ what: What, _ benchmark: ServeBenchmark, _ figures: Figures<What>) {
            (program, precision, connections) = (what.program, what.precision.rawValue, what.connections)
            model = benchmark.model
            (threads, rounds) = (benchmark.options.threads, benchmark.options.rounds)
            perSecond = figures[what]
            (p50, p95, p99) = (figures[what.with(.median)], figures[what.with(.p95)], figures[what.with(.p99)])
            timesThePeers = what.isOurs ? figures.ratio(what, to: .peer(what.connections)) : nil
        }
    }

    func report(_ figures: Figures<What>, _ counts: [Int]) -> Report {
        let rates = figures.keys.filter { $0.figure == .rate }
        let embeddings = rates.filter { $0.program != "/livez" }
        var table = MarkdownTable(
            [
                "`POST /v1/embeddings`, JPEG of 500×375", "connections", "photographs a second", "p50, ms", "p95, ms",
                "p99, ms", "times as many as FastAPI's, fp32 there",
            ])
        for count in counts {
            for what in embeddings where what.connections == count {
                let latencies = [Figure.median, .p95, .p99].map { figures[what.with($0)]?.text ?? "" }
                let ratio = what.isOurs ? figures.ratio(what, to: .peer(count)) : nil
                table.add(
                    ["\(what.program), \(what.precision.rawValue)", "\(count)", figures[what]?.text ?? ""] + latencies
                        + [ratio?.text ?? ""])
            }
        }
        let health = rates.filter { $0.program == "/livez" }.compactMap { what in
            figures[what].map { "\($0.median.short) over \(what.connections)" }
        }
        var report = Report("serve-\(model)")
        report.add(table)
        report.add(
            "What the sockets' side alone can do, answers a second to `GET /livez`: \(health.joined(separator: ", ")) "
                + "connections. Client and server share the machine. FastAPI has one worker, which answers one request at a time. "
                + options.method)
        return report
    }
}

extension Load.Outcome {
    subscript(figure: ServeBenchmark.Figure) -> Double {
        switch figure {
        case .rate: rate
        case .median: latency(0.5)
        case .p95: latency(0.95)
        case .p99: latency(0.99)
        }
    }
}
