public import FeatureStorage

/// The features of a collection's stored files under a model that came later.
///
///     try await Reindexer(store: store, ingest: ingest).run {
///         print($0.done, "of", $0.total)
///     } activating: { generation in
///         try store.activate(generation.id)
///     }
///
/// Images are taken in the order of their ids, and their features stored in transactions of bounded size. Whenever it
/// stops, whatever stopped it, what was stored stays, and the next run takes what is missing.
public struct Reindexer: Sendable {
    /// How much is done at once.
    public struct Options: Sendable {
        /// Images in the pipeline at once; as many as a batch, so that a request waits for one batch at most.
        public var imagesInFlight: Int
        /// Whether images that requests wait for go first.
        public var yieldsToRequests = true
        /// Images whose features are stored in one transaction.
        public var transaction = 64
        /// Images that are embedded a second time to verify the features of the first.
        public var sample = 16

        /// The defaults with a number of images in the pipeline.
        public init(imagesInFlight: Int) { self.imagesInFlight = imagesInFlight }
    }

    /// What came of an image.
    private enum Outcome: Sendable {
        case features(ImageFeatures)
        /// Its file was not kept.
        case missing
        /// Its file is none that the model takes, and why.
        case refused(String)
        /// It was deleted meanwhile.
        case gone
    }

    let store: FeatureStore
    let ingest: ImageIngest
    let options: Options
    /// The store blocks.
    let workers = WorkerPool(width: 2)

    /// The collection that `store` is served from; whatever changes it goes through the collection's one thread.
    private let collection: ImageCollection?

    /// A run over `store`, which nobody serves, into the features of `ingest`'s model.
    public init(store: FeatureStore, ingest: ImageIngest, options: Options? = nil) {
        self.init(store: store, ingest: ingest, collection: nil, options: options)
    }

    /// A run over a collection that is served, into the features of its own model.
    package init(collection: ImageCollection, options: Options? = nil) {
        self.init(store: collection.store, ingest: collection.ingest, collection: collection, options: options)
    }

    private init(store: FeatureStore, ingest: ImageIngest, collection: ImageCollection?, options: Options?) {
        (self.store, self.ingest, self.collection) = (store, ingest, collection)
        self.options = options ?? Options(imagesInFlight: ingest.pipeline.largestBatch(size: ingest.size))
    }

    /// Embeds what is missing, verifies all of it, then calls `activate` with the generation, which has every image.
    ///
    /// - Throws: ``ReindexError``, `CancellationError`, and what the store, the pipeline and `activate` throw. In each case
    ///   the generation that was active before still is, unless it is `activate` that threw.
    public func run(
        progress report: @escaping @Sendable (ReindexProgress) -> Void,
        activating activate: (Generation) async throws -> Void
    ) async throws {
        let generation = try await self.generation()
        var progress = ReindexProgress()
        (progress.done, progress.total) = (generation.count, try await workers.run { [store] in try store.count() })
        report(progress)
        try await fill(generation.id, progress: &progress, report: report)
        if let first = progress.unusable.first {
            throw ReindexError.unusable(count: progress.unusableCount, missing: progress.missingCount, first: first)
        }
        progress.phase = .verifying
        report(progress)
        let complete = try await verify(generation.id)
        try Task.checkCancellation()
        progress.phase = .switching
        report(progress)
        try await activate(complete)
    }

    /// The generation to fill. That of a served collection is there already: asking for it by its model would make it the
    /// active one where no image is stored, behind the back of the searches.
    private func generation() async throws -> Generation {
        let model = ingest.generationModel
        guard let own = collection?.ownGeneration.id else {
            return try await workers.run { [store] in try store.generation(for: model) }
        }
        let generations = try await workers.run { [store] in try store.generations() }
        guard let generation = generations.first(where: { $0.id == own }) else {
            throw StorageError.unknownGeneration(own)
        }
        return generation
    }

    private func fill(
        _ generation: Int64, progress: inout ReindexProgress, report: @Sendable (ReindexProgress) -> Void
    ) async throws {
        let start = ContinuousClock.now
        var last: Int64 = 0
        while true {
            let page = try await workers.run { [store, last, patches = ingest.keepsPatches] in
                try store.imagesWithoutFeatures(
                    generation: generation, patches: patches, after: last, limit: Self.page)
            }
            guard let end = page.last else { return }
            try await embed(page, into: generation, since: start, progress: &progress, report: report)
            last = end
        }
    }

    /// Images that are listed at once.
    private static let page = 1024

    private func embed(
        _ ids: [Int64], into generation: Int64, since start: ContinuousClock.Instant, progress: inout ReindexProgress,
        report: @Sendable (ReindexProgress) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (id: Int64, outcome: Outcome).self) { group in
            var waiting = ids.makeIterator()
            var computed = [(id: Int64, features: ImageFeatures)]()
            func next() async throws {
                guard let id = waiting.next() else { return }
                try await yield()
                group.addTask { (id, try await outcome(id)) }
            }
            for _ in 0..<max(options.imagesInFlight, 1) { try await next() }
            while let (id, outcome) = try await group.next() {
                switch outcome {
                case .features(let features): computed.append((id, features))
                case .missing: progress.note(missing: id)
                case .refused(let reason): progress.note(refused: id, because: reason)
                case .gone: progress.total -= 1
                }
                try await next()
                if computed.count >= options.transaction {
                    try await save(&computed, in: generation, since: start, progress: &progress)
                    report(progress)
                }
            }
            try await save(&computed, in: generation, since: start, progress: &progress)
            report(progress)
        }
    }

    private func save(
        _ computed: inout [(id: Int64, features: ImageFeatures)], in generation: Int64,
        since start: ContinuousClock.Instant, progress: inout ReindexProgress
    ) async throws {
        let features = computed
        computed = []
        guard !features.isEmpty else { return }
        // What is computed is stored, cancelled or not.
        try await Task { [workers, store, collection] in
            if let collection {
                try await collection.addFeatures(features, generation: generation)
            } else {
                try await workers.run { try store.addFeatures(features, generation: generation) }
            }
        }.value
        // Those that only lacked patches are among the done already.
        progress.done = min(progress.done + features.count, progress.total)
        progress.embedded += features.count
        progress.perSecond = Double(progress.embedded) / max((ContinuousClock.now - start).seconds, 1e-9)
    }

    private func outcome(_ id: Int64) async throws -> Outcome {
        let file = try await workers.run { [store] in try store.original(id) }
        guard let file else {
            let isThere = try await workers.run { [store] in try store.image(id) != nil }
            return isThere ? .missing : .gone
        }
        do {
            return .features(try await ingest.features(of: file))
        } catch let error as FeatureAPIError where error.kind.isImageFault {
            return .refused(error.detail)
        }
    }

    /// Waits while requests wait for the model, but a second at most: re-embedding goes on under any traffic.
    private func yield() async throws {
        try Task.checkCancellation()
        guard options.yieldsToRequests else { return }
        for _ in 0..<50 where !ingest.pipeline.admission.isIdle { try await Task.sleep(for: .milliseconds(20)) }
    }
}
