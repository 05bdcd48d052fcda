import DINOTraining
import Dispatch
import Foundation
import Synchronization

/// SIGTERM and SIGINT as a request to stop after the step; a second one ends the process at once.
///
/// By `_exit`: the handlers that `exit` runs would take down what the threads are computing with.
enum TrainSignals {
    /// Runs `body` with both signals told to `stop`.
    static func stopping<Result>(_ stop: StopFlag, _ body: () throws -> Result) rethrows -> Result {
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stop.isSet { _exit(128 + number) }
                stop.set()
                TrainTerminal.note("stops after this step and saves; a second signal ends it at once")
            }
            source.activate()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try body()
    }
}
