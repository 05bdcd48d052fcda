import Synchronization

/// The bound on everything that waits or is computed: a number of images and a number of bytes.
///
/// What does not fit is refused at once, with the time after which there should be room; nothing queues without bound.
package final class Admission: Sendable {
    /// How much may be there at once.
    package struct Limits: Sendable {
        package var images: Int
        package var bytes: Int

        /// Limits of `images` and `bytes`.
        package init(images: Int, bytes: Int) { (self.images, self.bytes) = (images, bytes) }
    }

    private struct State {
        var images = 0
        var bytes = 0
        /// Exponentially weighted mean, in seconds.
        var secondsPerImage = 0.05
        /// Of all batches so far.
        var computedSeconds = 0.0
    }

    package let limits: Limits
    private let state = Mutex(State())

    package init(limits: Limits) { self.limits = limits }

    /// Whether there is room below the high-water mark of three quarters.
    package var isBelowHighWater: Bool {
        state.withLock { $0.images <= limits.images / 4 * 3 && $0.bytes <= limits.bytes / 4 * 3 }
    }

    /// Whether no request's image waits or is computed.
    package var isIdle: Bool { state.withLock { $0.images == 0 } }

    /// Takes the measurement that `count` images kept the model for `seconds`.
    package func record(images count: Int, seconds: Double) {
        guard count > 0 else { return }
        state.withLock { state in
            state.secondsPerImage += 0.2 * (seconds / Double(count) - state.secondsPerImage)
            state.computedSeconds += seconds
        }
    }

    /// How long the model has computed so far, in seconds.
    package var computedSeconds: Double { state.withLock { $0.computedSeconds } }

    /// Whole seconds until the images waiting now should be done, 1 to 60.
    package var retryAfter: Int {
        state.withLock { state in
            Int(min(max((Double(state.images) * state.secondsPerImage).rounded(.up), 1), 60))
        }
    }

    /// Takes room, or says when to try again.
    fileprivate func take(images: Int, bytes: Int) throws(FeatureAPIError) {
        let fits = state.withLock { state in
            guard images <= limits.images - state.images, bytes <= limits.bytes - state.bytes else { return false }
            state.images += images
            state.bytes += bytes
            return true
        }
        guard fits else {
            throw FeatureAPIError(
                .queueFull, "Too much is waiting. Nothing of this request was computed.", retryAfter: retryAfter)
        }
    }

    fileprivate func giveBack(images: Int, bytes: Int) {
        state.withLock { state in
            state.images -= images
            state.bytes -= bytes
        }
    }
}

/// The room that one request has taken, given back piece by piece and, for the rest, with the last reference.
///
/// Whoever needs it to last has to hold it to the end of the work it stands for: an object may go after its last use.
package final class Reservation: Sendable {
    private struct Taken {
        var images = 0
        var bytes = 0
    }

    private let admission: Admission
    private let taken = Mutex(Taken())

    /// No room yet.
    package init(_ admission: Admission) { self.admission = admission }

    deinit { shrink(toBytes: 0) }

    /// Takes more room, or throws and leaves what was taken.
    package func extend(images: Int = 0, bytes: Int = 0) throws(FeatureAPIError) {
        let limit = admission.limits.bytes
        guard bytes <= limit - taken.withLock({ $0.bytes }) else {
            throw FeatureAPIError(
                .requestTooLarge,
                "The request would take more than the \(limit) bytes there are; send fewer or smaller images at once.")
        }
        try admission.take(images: images, bytes: bytes)
        taken.withLock { taken in
            taken.images += images
            taken.bytes += bytes
        }
    }

    /// Gives back so many of the bytes taken.
    package func release(bytes: Int) {
        let released = taken.withLock { taken in
            let released = min(bytes, taken.bytes)
            taken.bytes -= released
            return released
        }
        admission.giveBack(images: 0, bytes: released)
    }

    /// Gives everything back but `bytes`: those of an answer that is computed and has yet to be sent.
    package func shrink(toBytes bytes: Int) {
        let released = taken.withLock { taken in
            let kept = Taken(images: 0, bytes: min(bytes, taken.bytes))
            defer { taken = kept }
            return Taken(images: taken.images, bytes: taken.bytes - kept.bytes)
        }
        admission.giveBack(images: released.images, bytes: released.bytes)
    }
}
