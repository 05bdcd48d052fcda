import Synchronization

/// Whether requests should be sent here.
public final class Health: Sendable {
    private let draining = Atomic(false)
    private let pipeline: EmbeddingPipeline

    /// The health of a server around `pipeline`, whose model is loaded.
    public init(_ pipeline: EmbeddingPipeline) { self.pipeline = pipeline }

    /// Says from now on that the server is stopping.
    public func beginDraining() { draining.store(true, ordering: .relaxed) }

    /// Throws, with the reason, where requests should go elsewhere.
    func checkReadiness() throws(FeatureAPIError) {
        if draining.load(ordering: .relaxed) {
            throw FeatureAPIError(.stopping, "The server is stopping.", retryAfter: 1)
        }
        guard pipeline.admission.isBelowHighWater else {
            throw FeatureAPIError(
                .overloaded, "More than three quarters of the queue is taken.",
                retryAfter: pipeline.admission.retryAfter)
        }
    }
}
