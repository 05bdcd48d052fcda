import FeatureAPI
import Foundation
import ImageFiles

/// The embedding of many files: a window of them is in flight, so that the model always has a batch waiting.
struct EmbeddingRun {
    let pipeline: EmbeddingPipeline
    let size: Int
    /// Bytes of one file.
    let maximumFileBytes = RequestLimits().imageBytes

    /// A file that could not be embedded.
    struct Failure {
        var file: String
        var reason: String
    }

    private enum Outcome: Sendable {
        case embedded(file: String, vector: [Float])
        case failed(file: String, reason: String)
    }

    /// Embeds those of `files` that `journal` does not have, and gives the failures in the order of the files.
    func embed(_ files: [String], into journal: Journal) async throws -> [Failure] {
        let missing = files.filter { !journal.contains($0) }
        var progress = Progress(total: files.count, done: files.count - missing.count)
        var failures = [String: String]()
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            var next = missing.makeIterator()
            for _ in 0..<pipeline.imagesInFlight(size: size) {
                guard let file = next.next() else { break }
                group.addTask { try await outcome(file) }
            }
            while let outcome = try await group.next() {
                switch outcome {
                case .embedded(let file, let vector): try journal.append(.init(file: file, vector: vector))
                case .failed(let file, let reason): failures[file] = reason
                }
                progress.advance()
                if let file = next.next() { group.addTask { try await self.outcome(file) } }
            }
        }
        progress.finish()
        return files.compactMap { file in failures[file].map { Failure(file: file, reason: $0) } }
    }

    private func outcome(_ file: String) async throws -> Outcome {
        do {
            let image = try await pipeline.embed(size: size, kinds: [.cls]) {
                try RegularFile.read(file, limit: maximumFileBytes)
            }
            return .embedded(file: file, vector: image.features[.cls]?.scalars ?? [])
        } catch let error as FeatureAPIError {
            return .failed(file: file, reason: error.detail)
        } catch let error as FileError {
            return .failed(file: file, reason: error.reason + ".")
        }
    }
}
