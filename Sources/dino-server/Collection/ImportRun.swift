import FeatureAPI
import FeatureStorage
import Foundation
import ImageFiles

/// The import of many files: while the model computes one batch, others are read, decoded and written.
struct ImportRun: Sendable {
    let store: FeatureStore
    let ingest: ImageIngest
    /// The number of the generation that the features belong to.
    let generation: Int64
    /// The label of a file, by its class in the folder.
    let label: @Sendable (Photograph) throws -> String?
    /// Reads files and asks the store for them.
    private let readers = WorkerPool(width: 2)
    private let maximumFileBytes = RequestLimits().imageBytes

    init(
        store: FeatureStore, ingest: ImageIngest, generation: Int64,
        label: @escaping @Sendable (Photograph) throws -> String?
    ) {
        (self.store, self.ingest, self.generation, self.label) = (store, ingest, generation, label)
    }

    /// What became of the files.
    struct Report: Sendable {
        var stored = 0, existing = 0
        /// Files without an image, and why.
        var failures: [(file: String, reason: String)] = []
        /// From the first file to the last write, in seconds, and the part of it that the model computed.
        var seconds = 0.0, computed = 0.0
    }

    /// Bytes of files in flight, beyond which no further one is begun.
    private static let largestFlight = 256 << 20

    private enum Outcome: Sendable {
        case made(NewImage)
        /// It is there with all that belongs to it, but for the label, if there is one here.
        case existing(id: Int64, label: String?)
        case failed(file: String, reason: String)
    }

    /// Stores those of `photographs` whose content is not stored yet, and what the others lack: features, file, label.
    func store(_ photographs: [Photograph]) async throws -> Report {
        let start = ContinuousClock.now, computed = ingest.pipeline.computedSeconds
        var report = Report()
        var progress = Progress(total: photographs.count, done: 0)
        let window = ingest.pipeline.imagesInFlight(size: ingest.size)
        var writer = ImportWriter(store: store, generation: generation)
        try await withThrowingTaskGroup(of: (Outcome, bytes: Int).self) { group in
            var upcoming = photographs[...]
            var (files, bytes) = (0, 0)
            func begin() {
                while let next = upcoming.first, files < window, files == 0 || bytes + next.size <= Self.largestFlight {
                    upcoming.removeFirst()
                    files += 1
                    bytes += next.size
                    group.addTask { (try await outcome(next), next.size) }
                }
            }
            begin()
            while let (outcome, size) = try await group.next() {
                files -= 1
                bytes -= size
                begin()
                switch outcome {
                case .made(let image): try await writer.append(image)
                case .existing(let id, let label):
                    report.existing += 1
                    if let label { try await writer.append(label, of: id) }
                case .failed(let file, let reason): report.failures.append((file, reason))
                }
                progress.advance()
            }
        }
        let written = try await writer.finish()
        progress.finish()
        report.stored = written.stored
        report.existing += written.existing
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        report.computed = ingest.pipeline.computedSeconds - computed
        report.failures.sort { $0.file < $1.file }
        return report
    }

    private func outcome(_ photograph: Photograph) async throws -> Outcome {
        do {
            let label = try label(photograph)
            let (file, hash, stored) = try await readers.run { try read(photograph) }
            if let stored { return .existing(id: stored.id, label: stored.label == nil ? label : nil) }
            var (image, _) = try await ingest.newImage(of: file, contentHash: hash)
            // A name that could not be sent to the server either is no reason to leave the image out.
            image.name = try? StoredText.name(String(photograph.name.split(separator: "/").last ?? ""))
            image.label = label
            return .made(image)
        } catch let error as FeatureAPIError {
            return .failed(file: photograph.name, reason: error.detail)
        } catch let error as FileError {
            return .failed(file: photograph.name, reason: error.reason + ".")
        }
    }

    /// The file, its hash, and the image that has its content, features of this generation, and all else that is kept.
    /// Blocking.
    private func read(_ photograph: Photograph) throws -> (file: [UInt8], hash: String, stored: StoredImage?) {
        let file = try photograph.bytes(limit: maximumFileBytes)
        let hash = ImageIngest.contentHash(file)
        guard let stored = try store.image(contentHash: hash),
            try store.isComplete(stored.id, generation: generation, patches: ingest.keepsPatches)
        else { return (file, hash, nil) }
        return ([], hash, stored)
    }
}
