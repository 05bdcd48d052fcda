import Glibc
import Synchronization

/// Counts the claims that are still held, to see when the server lets go of an answer.
final class Claims: Sendable {
    private let held = Atomic(0)

    /// One claim, held as long as it lives.
    final class Claim: Sendable {
        private let claims: Claims

        fileprivate init(_ claims: Claims) { self.claims = claims }

        deinit { claims.held.subtract(1, ordering: .relaxed) }
    }

    var count: Int { held.load(ordering: .relaxed) }

    func make() -> Claim {
        held.add(1, ordering: .relaxed)
        return Claim(self)
    }

    /// Waits, blocking, until no claim is held; false after ten seconds.
    func waitUntilNoneIsHeld() -> Bool {
        for _ in 0..<1_000 where count > 0 { usleep(10_000) }
        return count == 0
    }
}
