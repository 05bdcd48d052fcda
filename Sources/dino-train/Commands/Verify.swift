import ArgumentParser
import DINOTraining
import Foundation
import Tensors

/// Replays a recorded training of the reference and prints each difference.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replays a recorded training of the reference and prints each difference.",
        discussion: "Ends with 1 where something differs by more than its limit, with 2 where it could not compare.")

    @Option(help: "The recording: weights, crops, gradients (safetensors).")
    var reference: String

    @Option(help: "Its hyper-parameters and losses (JSON).")
    var config: String

    @Option(help: "Threads.")
    var threads = Processors.available

    func run() throws {
        var failures = 0, compared = 0
        do {
            let replay = try Replay(
                reference: URL(fileURLWithPath: reference), configuration: URL(fileURLWithPath: config))
            try replay.run(on: Compute(threads: threads)) { difference in
                compared += 1
                if !difference.passes { failures += 1 }
                let value = String(format: "%.2e", difference.value), limit = String(format: "%.0e", difference.limit)
                try StandardOutput.line(
                    "\(difference.passes ? "ok  " : "FAIL")  \(value)  (limit \(limit))  \(difference.name)")
            }
        } catch {
            TrainTerminal.note("dino-train verify: \(error)")
            throw ExitCode(2)
        }
        try StandardOutput.line("\(compared) compared, \(failures) over their limits")
        if failures > 0 { throw ExitCode(1) }
    }
}
