import Tensors

extension ProfileBenchmark {
    /// A part of the work in a precision.
    struct Stage: Hashable {
        /// What it is a part of.
        enum Whole: String {
            case request, decode, layers
        }

        let whole: Whole
        let name: String
        let precision: Precision

        init(_ whole: Whole, _ name: String, _ precision: Precision) {
            (self.whole, self.name, self.precision) = (whole, name, precision)
        }

        /// Of a request, as they follow each other.
        static let ofRequest = ["read", "decode", "queue", "inference", "format", "beside", "all"]

        /// What it is, for people.
        var words: String {
            switch (whole, name) {
            case (.request, "read"): "reading the request"
            case (.request, "decode"): "decoding, resize, normalising"
            case (.request, "queue"): "waiting for the model"
            case (.request, "inference"): "forward pass"
            case (.request, "format"): "writing the answer"
            case (.request, "beside"): "sockets, parsing, from thread to thread"
            case (.request, _): "**all, at the client**"
            case (.decode, "jpeg"): "JPEG alone"
            case (.decode, _): "resize, crop, normalising alone"
            case (.layers, "all"): "**the pass, every token to the end**"
            case (.layers, _): name
            }
        }
    }

    struct Line: Encodable {
        let model, whole, stage, precision: String
        let threads, rounds: Int
        let milliseconds: Spread?

        init(_ benchmark: ProfileBenchmark, _ stage: Stage, _ figures: Figures<Stage>) {
            (model, whole) = (benchmark.model, stage.whole.rawValue)
            (self.stage, precision) = (stage.name, stage.precision.rawValue)
            (threads, rounds) = (benchmark.options.threads, benchmark.options.rounds)
            milliseconds = figures[stage]
        }
    }

    func report(_ figures: Figures<Stage>, _ precisions: [Precision]) -> Report {
        var report = Report("profile-\(model)")
        report.add(table("one request, \(model), ms", [.request, .decode], figures, precisions))
        report.add(table("layers of all blocks, each timed alone, ms", [.layers], figures, precisions))
        report.add(
            "`POST /v1/embeddings` with a JPEG of 500×375 over one connection. " + options.method)
        return report
    }

    private func table(
        _ title: String, _ wholes: [Stage.Whole], _ figures: Figures<Stage>, _ precisions: [Precision]
    ) -> MarkdownTable {
        var table = MarkdownTable([title] + precisions.map(\.rawValue))
        for stage in figures.keys where stage.precision == precisions.first && wholes.contains(stage.whole) {
            table.add(
                [stage.words] + precisions.map { figures[Stage(stage.whole, stage.name, $0)]?.text ?? "" })
        }
        return table
    }
}
