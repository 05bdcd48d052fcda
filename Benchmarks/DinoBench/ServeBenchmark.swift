import ArgumentParser
import DINO
import Foundation
import Tensors

/// Times whole requests over a socket, ours and those of the service a user would write instead, alternately.
struct ServeBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Photographs a second over a socket, ours and theirs in turn.")

    @Option(help: "vits16 or vitb16.") var model = "vits16"
    @Option(help: "Precisions of ours, separated by commas: fp32, bf16, int8.") var precisions = "fp32,bf16,int8"
    @Option(help: "Connections that are kept alive, separated by commas.") var connections = "1,2,8"
    @Option(help: "Seconds that each program is asked for in a round.") var seconds = 2.0
    @OptionGroup var options: RunOptions

    func validate() throws {
        guard (0.01...60).contains(seconds) else { throw ValidationError("--seconds is from 0.01 to 60") }
    }

    func run() throws {
        let random = try RandomModel.named(model)
        let counts = try Lists.numbers(connections, of: "--connections", in: 1...128)
        let precisions = try Lists.precisions(precisions, on: Compute(threads: 1))
        let photograph = Load.embedding(try Photograph.sample())
        try withTemporaryFolder { folder in
            let served = try start(random, precisions, in: folder)
            defer { for program in served { program.program.stop() } }
            for program in served { try program.program.waitUntilReady(photograph) }
            var figures = Figures<What>()
            for _ in 0..<options.rounds {
                for count in counts {
                    for (program, precision) in served {
                        let load = Load(request: photograph, connections: count, seconds: seconds)
                        let outcome = try load.run(port: program.port)
                        for figure in Figure.allCases {
                            figures.add(outcome[figure], for: What(program.name, precision, count, figure))
                        }
                    }
                    guard let own = served.first?.program else { continue }
                    let load = Load(request: Load.get("/livez"), connections: count, seconds: seconds / 4)
                    figures.add(try load.run(port: own.port).rate, for: What("/livez", .fp32, count, .rate))
                }
            }
            try print(figures, counts)
        }
    }

    private func start(
        _ random: RandomModel, _ precisions: [Precision], in folder: URL
    ) throws -> [(program: ServedProgram, precision: Precision)] {
        let directory = folder.appendingPathComponent("model")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try random.write(into: directory)
        var served = try precisions.map {
            (program: try ServedProgram.ours(directory, $0, threads: options.threads), precision: $0)
        }
        if let python = options.peers {
            let file = folder.appendingPathComponent("model.onnx")
            try Peers(python: python, folder: Peers.scriptsFolder).run(
                "make-peer-model", [file.path, "--model", random.timmName, "--size", "\(random.size)"])
            served.append((try ServedProgram.peer(python, file, threads: options.threads), .fp32))
        }
        return served
    }

    private func print(_ figures: Figures<What>, _ counts: [Int]) throws {
        for what in figures.keys where what.figure == .rate { try printLine(Line(what, self, figures)) }
        if options.report { try report(figures, counts).write() }
    }
}
