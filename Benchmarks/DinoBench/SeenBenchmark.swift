import ArgumentParser
import DINO
import FeatureAPI
import Foundation
import Tensors

/// Times what it costs to say where a model looks, beside an embedding, and measures the memory it takes.
struct SeenBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seen",
        abstract: "Attention beside an embedding: milliseconds in turn, and megabytes over the weights.",
        discussion: """
            `forward` is the model alone, `answer` all from the bytes of a photograph to those of the answer, without a \
            socket. A ratio is that of the medians of one round; its spread is over the rounds.
            """)

    @Option(help: "A model directory, or vits16, vits8, vitb16 with random weights.") var model =
        "weights/dino-vit-tiny-8-64"
    @Option(help: "Side in pixels of the model's input.") var size = 224
    @Option(help: "A photograph (default: one of 500×375).") var image: String?
    @Option(help: "Calls whose median a round takes.") var runs = 15
    @Flag(help: "Measure the memory of one request instead of times.") var memory = false
    @OptionGroup var options: RunOptions

    func validate() throws {
        try RunOptions.check(runs: runs)
    }

    func run() async throws {
        let compute = try Compute(threads: options.threads)
        let loaded = try withTemporaryFolder { folder in
            try RandomModel.known[model]?.load(into: folder, on: compute) ?? Model.load(model, on: compute)
        }
        let service = SeenService(loaded, compute: compute, threads: options.threads)
        defer { service.stop() }
        let file = try image.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) } ?? Photograph.sample()
        if memory { return try await measureMemory(loaded, service, file) }
        let lines = [try measureForward(loaded)] + (try await measureAnswers(loaded, service, file))
        if options.report { try report(lines).write() }
    }

    /// A query with the size in it.
    private func sized(_ query: String) -> String { query.isEmpty ? "size=\(size)" : "size=\(size)&\(query)" }

    private struct Line: Encodable {
        let model, what: String
        let size, threads, rounds: Int
        /// Milliseconds.
        let embedding, attention: Spread
        let ratio: Spread
    }

    private func printed(
        _ model: Model, _ what: String, _ times: [(embedding: Double, attention: Double)]
    ) throws -> Line {
        let line = Line(
            model: model.name, what: what, size: size, threads: options.threads, rounds: options.rounds,
            embedding: Spread(times.map(\.embedding)), attention: Spread(times.map(\.attention)),
            ratio: Spread(times.map { $0.attention / $0.embedding }))
        try printLine(line)
        return line
    }

    private func report(_ lines: [Line]) -> Report {
        let names = [
            "forward": "the forward pass alone", "answer": "JSON: every head, their mean and largest, masks, outlines",
        ]
        let name = RandomModel.known[model] == nil ? "bundled" : model
        var report = Report("seen-\(name)")
        report.add(
            MarkdownTable(
                ["attention beside an embedding", "milliseconds", "an embedding takes", "ratio"],
                rows: lines.map {
                    let what = $0.what.replacingOccurrences(of: "answer ", with: "")
                    return [names[what] ?? "`\(what)`", $0.attention.text, $0.embedding.text, $0.ratio.text]
                }))
        report.add(options.method)
        return report
    }

    private func measureForward(_ model: Model) throws -> Line {
        let input = Tensor.noise([1, 3, size, size], in: -2...2)
        let times = try (0..<options.rounds).map { _ in
            (
                embedding: try medianMilliseconds(runs: runs) { _ = try model.transformer.forward(input) },
                attention: try medianMilliseconds(runs: runs) {
                    _ = try model.transformer.forward(input, outputs: FeatureOutputs(clsAttention: true))
                }
            )
        }
        return try printed(model, "forward", times)
    }

    private func measureAnswers(_ model: Model, _ service: SeenService, _ file: [UInt8]) async throws -> [Line] {
        var lines: [Line] = []
        for query in ["", "heads=mean&format=mask", "heads=mean&format=overlay", "method=ncut"] {
            var times: [(embedding: Double, attention: Double)] = []
            for _ in 0..<options.rounds {
                times.append(
                    (
                        try await service.median("/v1/embeddings", sized(""), file, runs: runs),
                        try await service.median("/v1/attention", sized(query), file, runs: runs)
                    ))
            }
            lines.append(try printed(model, "answer" + (query.isEmpty ? "" : " " + query), times))
        }
        return lines
    }

    private func measureMemory(_ model: Model, _ service: SeenService, _ file: [UInt8]) async throws {
        struct Line: Encodable {
            let model, query: String
            let size, tokens: Int
            let before, atMost, added: Int

            enum CodingKeys: String, CodingKey {
                case model, query, size, tokens
                case before = "before_mb"
                case atMost = "at_most_mb"
                case added = "added_mb"
            }
        }
        let side = size / model.architecture.patchSize
        for query in ["", "method=ncut"] {
            let before = try ProcessMemory.resident()
            try ProcessMemory.forgetPeak()
            _ = try await service.milliseconds("/v1/attention", sized(query), file)
            let peak = try ProcessMemory.peak()
            try printLine(
                Line(
                    model: model.name, query: query, size: size, tokens: side * side + 1, before: before >> 20,
                    atMost: peak >> 20, added: (peak - before) >> 20))
        }
    }
}
