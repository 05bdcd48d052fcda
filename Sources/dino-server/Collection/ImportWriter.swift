import FeatureAPI
import FeatureStorage
import Foundation

/// The writing of new images, and of labels of those that are there, in transactions of bounded size, one at a time, while further images are made.
struct ImportWriter {
    let store: FeatureStore
    let generation: Int64

    /// What the transactions did.
    struct Counts: Sendable {
        var stored = 0, existing = 0
    }

    /// What one transaction holds at most: images, bytes of files, and seconds of waiting for more.
    private static let (images, bytes, patience) = (256, 32 << 20, Duration.seconds(5))

    private let thread = WorkerPool(width: 1)
    private var pending = [NewImage]()
    private var labels = [(id: Int64, label: String)]()
    private var pendingBytes = 0
    private var lastWrite = ContinuousClock.now
    private var writing: Task<Counts, any Error>?
    private var counts = Counts()

    init(store: FeatureStore, generation: Int64) { (self.store, self.generation) = (store, generation) }

    /// Adds an image; where a transaction is full it is begun, once the one before it is done.
    mutating func append(_ image: NewImage) async throws {
        pending.append(image)
        pendingBytes += image.bytes.count
        let isFull = pending.count >= Self.images || pendingBytes >= Self.bytes
        if isFull || ContinuousClock.now - lastWrite > Self.patience { try await write() }
    }

    /// Adds the label of an image that is stored without one.
    mutating func append(_ label: String, of image: Int64) async throws {
        labels.append((image, label))
        if labels.count >= Self.labels || ContinuousClock.now - lastWrite > Self.patience { try await write() }
    }

    /// Labels that one transaction holds at most.
    private static let labels = 1024

    /// Writes what is left. What was stored, and what was there already or came twice, is durable then.
    mutating func finish() async throws -> Counts {
        try await write()
        try await settle()
        return counts
    }

    private mutating func settle() async throws {
        guard let written = try await writing?.value else { return }
        writing = nil
        counts.stored += written.stored
        counts.existing += written.existing
    }

    private mutating func write() async throws {
        try await settle()
        lastWrite = .now
        guard !pending.isEmpty || !labels.isEmpty else { return }
        writing = Task { [thread, store, generation, images = pending, labels] in
            try await thread.run {
                if !labels.isEmpty { try store.addLabels(labels) }
                guard !images.isEmpty else { return Counts() }
                let insertions = try store.insert(images, generation: generation)
                let existing = insertions.count { if case .existing = $0.outcome { true } else { false } }
                return Counts(stored: insertions.count - existing, existing: existing)
            }
        }
        pending = []
        labels = []
        pendingBytes = 0
    }
}
