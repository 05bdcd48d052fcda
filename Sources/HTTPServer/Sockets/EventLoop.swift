internal import Dispatch

/// A serial queue that runs socket events, timers and the actors that belong to it, one at a time.
///
/// Connections of one server share one loop: their state needs no lock, and an event reaches its actor without a hop.
/// Handlers run elsewhere, on the cooperative pool.
package final class EventLoop: SerialExecutor {
    let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label, qos: .userInitiated)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}

/// A moment on the monotonic clock, in nanoseconds: it never jumps with the wall clock.
struct Instant: Comparable, Sendable {
    var nanoseconds: UInt64

    static var now: Instant { Instant(nanoseconds: DispatchTime.now().uptimeNanoseconds) }

    static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The seconds since an earlier moment, 0 when it is not earlier.
    func seconds(since earlier: Instant) -> Double {
        nanoseconds > earlier.nanoseconds ? Double(nanoseconds - earlier.nanoseconds) / 1e9 : 0
    }
}
