import DINO
import Foundation
package import Images
package import Tensors

/// From files to normalised features: decoding on a bounded set of threads, then the model, then vectors of length 1.
///
///     let pipeline = EmbeddingPipeline(extractor: DINOExtractor(model), configuration: .init(workers: 2))
///     let image = try await pipeline.embed(file, size: 224, kinds: [.cls])
public final class EmbeddingPipeline: Sendable {
    /// How much happens at once.
    public struct Configuration: Sendable {
        /// Threads that decode images and write answers; the processor's cores.
        public var workers: Int
        /// Images of one forward pass.
        public var maximumBatch = 16
        /// Images that wait or are computed.
        public var maximumPendingImages = 256
        /// Bytes of bodies, inputs and answers in memory.
        public var maximumPendingBytes = 768 << 20

        /// The defaults with a number of threads.
        public init(workers: Int) { self.workers = workers }
    }

    /// Threads that decode images and write answers.
    public let workerCount: Int
    /// What the model is.
    public let model: ModelDescription
    /// Images of one forward pass, at most.
    public let maximumBatch: Int
    package let admission: Admission
    let workers: WorkerPool
    private let extractor: any FeatureExtractor
    private let queue: InferenceQueue

    /// A pipeline whose threads run until ``stop()``.
    public init(extractor: any FeatureExtractor, configuration: Configuration) {
        self.extractor = extractor
        model = extractor.model
        maximumBatch = configuration.maximumBatch
        admission = Admission(
            limits: .init(images: configuration.maximumPendingImages, bytes: configuration.maximumPendingBytes))
        workerCount = configuration.workers
        workers = WorkerPool(width: configuration.workers)
        queue = InferenceQueue(extractor: extractor, maximumBatch: configuration.maximumBatch, admission: admission)
    }

    /// The features of one image file, by kind, each `(vectors, dimensions)` with rows of length 1.
    ///
    /// - Parameters:
    ///   - file: The bytes of a JPEG, PNG or WebP.
    ///   - size: The side of the model's input, a multiple of the patch.
    ///   - kinds: What to give.
    ///   - dimensions: How many numbers of each vector to keep before normalising; all by default.
    /// - Throws: ``FeatureAPIError``, or `CancellationError` where the task was cancelled.
    public func embed(
        _ file: [UInt8], size: Int, kinds: Set<FeatureKind>, dimensions: Int? = nil
    ) async throws -> EmbeddedImage {
        try await embed(size: size, kinds: kinds, dimensions: dimensions) { file }
    }

    /// The same of the file that `read` gives; it is called on a thread of the pool just before the file is decoded, so
    /// that no more files are in memory than there are threads.
    public func embed(
        size: Int, kinds: Set<FeatureKind>, dimensions: Int? = nil,
        reading read: @escaping @Sendable () throws -> [UInt8]
    ) async throws -> EmbeddedImage {
        try await embed(size: size, kinds: kinds, dimensions: dimensions) { [extractor] in
            (try extractor.prepare(read(), size: size), ())
        }.image
    }

    /// The features of one image file and what a collection keeps of it; the file is decoded once for both, unless the
    /// model's input is made of a decoding at a fraction of the size.
    func embedToKeep(
        _ file: [UInt8], size: Int, kinds: Set<FeatureKind>
    ) async throws -> (image: EmbeddedImage, kept: KeptImage) {
        let (image, kept) = try await embed(size: size, kinds: kinds, dimensions: nil) { [extractor] in
            try extractor.prepareToKeep(file, size: size)
        }
        return (image, kept)
    }

    /// What the model gives for one image file, as it is, and what `keep` takes of the model's input and of the decoded
    /// image; it is called on a thread of the pool.
    package func outputs<Kept: Sendable>(
        of file: [UInt8], size: Int, kinds: Set<FeatureKind>,
        keeping keep: @escaping @Sendable (_ input: Tensor, _ image: RGBImage) throws -> Kept
    ) async throws -> (output: [FeatureKind: Tensor], kept: Kept, timing: EmbeddedImage.Timing) {
        let (output, kept, timing) = try await run(size: size, kinds: kinds) { [extractor] in
            let (input, image) = try extractor.prepareToShow(file, size: size)
            return (input, try keep(input, image))
        }
        return (output, kept, timing)
    }

    /// The features of the input that `prepare` gives on a thread of the pool, and what else it gives.
    private func embed<Beside: Sendable>(
        size: Int, kinds: Set<FeatureKind>, dimensions: Int?,
        preparing prepare: @escaping @Sendable () throws -> (Tensor, Beside)
    ) async throws -> (image: EmbeddedImage, beside: Beside) {
        let (output, beside, timing) = try await run(size: size, kinds: kinds, preparing: prepare)
        let width = dimensions ?? model.embedDim
        let features = try await workers.run(.finishing) {
            output.mapValues { $0.firstColumns(width).l2Normalized() }
        }
        return (EmbeddedImage(features: features, timing: timing), beside)
    }

    /// The model's outputs for the input that `prepare` gives on a thread of the pool, and what else it gives.
    private func run<Beside: Sendable>(
        size: Int, kinds: Set<FeatureKind>, preparing prepare: @escaping @Sendable () throws -> (Tensor, Beside)
    ) async throws -> (output: [FeatureKind: Tensor], beside: Beside, timing: EmbeddedImage.Timing) {
        let clock = ContinuousClock()
        let start = clock.now
        let (input, beside, end) = try await workers.run {
            let (input, beside) = try prepare()
            return (input, beside, clock.now)
        }
        let output = try await queue.features(of: input, kinds: kinds)
        let timing = EmbeddedImage.Timing(
            decode: (end - start).seconds, queue: output.waited, inference: output.computed)
        return (output.features, beside, timing)
    }

    /// Images whose inputs have a side of `size` pixels that go through the model together, at most.
    public func largestBatch(size: Int) -> Int { queue.largestBatch(of: [3, size, size]) }

    /// Images to have in flight so that neither the model nor a thread that decodes is ever without work: while one batch
    /// is computed another waits and a third is decoded. Each holds an input of `3 · size²` floats.
    public func imagesInFlight(size: Int) -> Int { 3 * largestBatch(size: size) + workerCount }

    /// How long the model's thread has computed so far, in seconds.
    public var computedSeconds: Double { admission.computedSeconds }

    /// Ends the model's thread; what waits fails.
    public func stop() { queue.stop() }
}
