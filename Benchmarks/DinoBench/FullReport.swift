import ArgumentParser
import Foundation

/// Runs every measurement, one after another, each with `--report`.
struct FullReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Every measurement, one after another, written into docs/performance.md.")

    @Option(help: "A Python interpreter with the other programs' packages; without it only ours is measured.")
    var peers: String?
    @Option(help: "Only these measurements, separated by commas: embed,serve.") var only: String?

    /// A measurement, and whether it has others beside it.
    private struct Step {
        let arguments: [String]
        let hasPeers: Bool

        init(_ line: String, peers: Bool = false) {
            arguments = line.split(separator: " ").map(String.init)
            hasPeers = peers
        }
    }

    private static let steps = [
        Step("peak"),
        Step("embed", peers: true),
        Step("embed --model vitb16 --rounds 3 --runs 5 --only ort,openvino", peers: true),
        Step("embed --model vits14 --rounds 3 --runs 3 --only ort,openvino", peers: true),
        Step("scale --rounds 3"),
        Step("serve --rounds 3", peers: true),
        Step("decode", peers: true),
        Step("train --rounds 3", peers: true),
        Step("train --setup vitti8 --rounds 3", peers: true),
        Step("search --rounds 3", peers: true),
        Step("seen --model vits16 --runs 5"),
        Step("seen --runs 5"),
    ]

    func run() throws {
        let wanted = only.map { Set($0.split(separator: ",").map(String.init)) }
        var failed: [String] = []
        for step in Self.steps where wanted?.contains(step.arguments[0]) ?? true {
            let arguments = step.arguments + (step.hasPeers ? peers.map { ["--peers", $0] } ?? [] : []) + ["--report"]
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = arguments
            try process.run()
            process.waitUntilExit()
            if process.terminationStatus != 0 { failed.append(arguments.joined(separator: " ")) }
        }
        guard failed.isEmpty else {
            throw ValidationError(
                "these ended with an error, their tables are as before: \(failed.joined(separator: "; "))")
        }
    }
}
