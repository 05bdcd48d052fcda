import ArgumentParser
import Foundation

/// Runs every measurement, one after another, each with `--report`.
struct FullReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Every measurement, one after another, written into docs/performance.md.",
        discussion: """
            With the other programs it takes about \(minutes(steps)) minutes on two cores that are otherwise idle: \
            \(steps.map { "`\($0.line)` \($0.seconds) s" }.joined(separator: ", ")).
            """)

    @Option(help: "A Python interpreter with the other programs' packages; without it only ours is measured.")
    var peers: String?
    @Option(help: "Only these measurements, separated by commas: embed,serve.") var only: String?

    /// A measurement, and whether it has others beside it.
    private struct Step {
        let line: String
        /// What it takes, with others beside it where it has some: what comes before the rounds, and each of them.
        let seconds: Int
        let hasPeers: Bool

        init(_ line: String, rounds: Int, of seconds: Int, after start: Int = 0, peers: Bool = false) {
            self.line = "\(line) --rounds \(rounds)"
            self.seconds = start + rounds * seconds
            hasPeers = peers
        }

        var arguments: [String] { line.split(separator: " ").map(String.init) }
    }

    private static let steps = [
        Step("peak", rounds: 5, of: 4, after: 12),
        Step("embed", rounds: 5, of: 55, peers: true),
        Step("embed --model vitb16 --runs 5 --only ort,openvino", rounds: 3, of: 75, peers: true),
        Step("embed --model vits14 --runs 3 --only ort,openvino", rounds: 3, of: 95, peers: true),
        Step("scale", rounds: 3, of: 22, after: 10),
        Step("serve", rounds: 3, of: 26, after: 20, peers: true),
        Step("start", rounds: 5, of: 8),
        Step("profile", rounds: 3, of: 8),
        Step("decode", rounds: 5, of: 11, after: 5, peers: true),
        Step("train", rounds: 3, of: 46, peers: true),
        Step("train --setup vitti8", rounds: 3, of: 35, peers: true),
        Step("search", rounds: 3, of: 35, after: 45, peers: true),
        Step("seen --model vits16 --runs 5", rounds: 5, of: 2),
        Step("seen --runs 5", rounds: 5, of: 2),
    ]

    private static func minutes(_ steps: [Step]) -> Int { (steps.reduce(0) { $0 + $1.seconds } + 59) / 60 }

    func run() throws {
        let wanted = only.map { Set($0.split(separator: ",").map(String.init)) }
        var failed: [String] = []
        for step in Self.steps where wanted?.contains(step.arguments[0]) ?? true {
            let arguments = step.arguments + (step.hasPeers ? peers.map { ["--peers", $0] } ?? [] : []) + ["--report"]
            let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            let process = Process.dependent(program.path, arguments)
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
