/// The time spent waiting for a peer's bytes to move and how many moved, kept to tell a slow peer from a busy handler.
struct Pace {
    private var waitingSince: Instant?
    private var waited = 0.0
    private var moved = 0

    var isWaiting: Bool { waitingSince != nil }

    mutating func beginWaiting(at now: Instant) {
        if waitingSince == nil { waitingSince = now }
    }

    mutating func endWaiting(at now: Instant, moved count: Int) {
        if let waitingSince { waited += now.seconds(since: waitingSince) }
        waitingSince = nil
        moved += count
    }

    /// What the client is too slow in sending a body, if it is.
    func bodyViolation(of timeouts: HTTPServer.Timeouts, at now: Instant) -> String? {
        guard let waitingSince else { return nil }
        let pause = now.seconds(since: waitingSince)
        if pause > timeouts.bodyIdle { return "no byte of the body for \(timeouts.bodyIdle) s" }
        if waited + pause > timeouts.body { return "the body took more than \(timeouts.body) s" }
        if isBelow(timeouts.bodyBytesPerSecond, after: timeouts.bodyGrace, pause: pause) {
            return "the body came at less than \(timeouts.bodyBytesPerSecond) bytes per second"
        }
        return nil
    }

    /// Whether the client is too slow in taking an answer.
    func isTooSlowToWrite(by timeouts: HTTPServer.Timeouts, at now: Instant) -> Bool {
        guard let waitingSince else { return false }
        let pause = now.seconds(since: waitingSince)
        return pause > timeouts.writeProgress
            || isBelow(timeouts.writeBytesPerSecond, after: timeouts.writeGrace, pause: pause)
    }

    private func isBelow(_ bytesPerSecond: Double, after grace: Double, pause: Double) -> Bool {
        let total = waited + pause
        return total > grace && Double(moved) < bytesPerSecond * total
    }
}
