import ArgumentParser
import DINO
import Foundation
import Images
import Tensors

/// Where the time of one request goes, stage by stage.
struct ProfileBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "The stages of one request, and the layers of its forward pass.",
        discussion: """
            A photograph is posted to the server over one connection; the stages of the answer are those of its `Server-Timing`, what \
            the client measured beyond them is sockets, parsing and the way between threads. The layers are timed apart, \
            each over all blocks with weights of their own, on all threads.
            """)

    @Option(help: "vits16, vitb16 or vits14.") var model = "vits16"
    @Option(help: "Precisions, separated by commas: fp32, bf16, int8.") var precisions = "fp32,bf16,int8"
    @Option(help: "Requests, or calls, whose median a round takes.") var runs = 25
    @OptionGroup var options: RunOptions

    func validate() throws { try RunOptions.check(runs: runs) }

    func run() throws {
        let random = try RandomModel.named(model)
        let compute = try Compute(threads: options.threads)
        let precisions = try Lists.precisions(precisions, on: compute)
        var figures = Figures<Stage>()
        try withTemporaryFolder { folder in
            for precision in precisions {
                let model = try random.load(into: folder, precision: precision, on: compute)
                for _ in 0..<options.rounds {
                    try measureRequest(folder, precision, &figures)
                    try measureParts(model, &figures)
                }
            }
        }
        for stage in figures.keys { try printLine(Line(self, stage, figures)) }
        if options.report { try report(figures, precisions).write() }
    }

    /// Requests to the server, by its own account and the client's clock.
    private func measureRequest(_ folder: URL, _ precision: Precision, _ figures: inout Figures<Stage>) throws {
        let server = try ServedProgram.ours(folder, precision: precision.rawValue, threads: options.threads)
        defer { server.stop() }
        let request = Load.embedding(try Photograph.sample())
        try server.waitUntilReady(request)
        var connection = try KeptConnection(port: server.port)
        var times: [String: [Double]] = [:]
        for _ in 0..<runs {
            let start = ContinuousClock.now
            guard try connection.exchange(request) == 200 else { throw ClientError("the server did not answer 200") }
            let all = (ContinuousClock.now - start) / .milliseconds(1)
            let stages = Self.stages(connection.field("Server-Timing") ?? "")
            guard !stages.isEmpty else { throw ClientError("the answer has no Server-Timing") }
            for (name, time) in stages { times[name, default: []].append(time) }
            times["all", default: []].append(all)
            times["beside", default: []].append(all - stages.reduce(0) { $0 + $1.time })
        }
        for name in Stage.ofRequest {
            figures.add(Spread(times[name] ?? []).median, for: Stage(.request, name, precision))
        }
    }

    /// `name;dur=1.5, …`
    private static func stages(_ field: String) -> [(name: String, time: Double)] {
        field.components(separatedBy: ", ").compactMap {
            let parts = $0.components(separatedBy: ";dur=")
            return parts.count == 2 ? Double(parts[1]).map { (parts[0], $0) } : nil
        }
    }

    /// What happens inside of `decode` and of `inference`, called from here.
    private func measureParts(_ model: Model, _ figures: inout Figures<Stage>) throws {
        let file = try Photograph.sample(), precision = model.precision
        let side = try RandomModel.named(self.model).size
        let image = try ImageDecoder.decode(file)
        try figures.add(
            medianMilliseconds(runs: runs) { _ = try ImageDecoder.decode(file) }, for: Stage(.decode, "jpeg", precision)
        )
        figures.add(
            medianMilliseconds(runs: runs) { _ = model.preprocessing(image, side: side) },
            for: Stage(.decode, "resize", precision))
        let input = Tensor(shape: [1, 3, side, side], scalars: model.preprocessing(image, side: side).scalars)
        try figures.add(
            medianMilliseconds(runs: runs) {
                _ = try model.transformer.forward(input, outputs: FeatureOutputs(patches: true))
            }, for: Stage(.layers, "all", precision))
        let layers = try LayerTimes(model, side: side, threads: options.threads)
        for (name, time) in layers.milliseconds(runs: runs) {
            figures.add(time, for: Stage(.layers, name, precision))
        }
    }
}
