import Dispatch
import Foundation
import Synchronization

/// A second SIGTERM or SIGINT ends the process at once; the first is left to those who stop gracefully.
///
/// By `_exit`: the handlers that `exit` runs would take down what the model's threads are computing with.
enum SecondSignal {
    /// Runs `body` with both signals counted.
    static func exiting(_ body: () async throws -> Void) async throws {
        let counter = SignalCounter()
        let sources = [SIGTERM, SIGINT].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { if counter.next() > 1 { _exit(128 + number) } }
            source.activate()
            return source
        }
        defer { for source in sources { source.cancel() } }
        try await body()
    }
}

/// How many signals came.
private final class SignalCounter: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
