import Glibc
import Synchronization

/// A place where handlers wait until a test lets them go on.
final class Gate: Sendable {
    private let isOpen = Atomic(false)
    private let arrivals = Atomic(0)

    /// Waits, as a handler, until the gate is open.
    func pass() async throws {
        arrivals.add(1, ordering: .relaxed)
        while !isOpen.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Waits, blocking, until so many handlers have arrived.
    func waitForArrivals(_ count: Int) {
        while arrivals.load(ordering: .relaxed) < count { usleep(5_000) }
    }

    func open() { isOpen.store(true, ordering: .relaxed) }
}
