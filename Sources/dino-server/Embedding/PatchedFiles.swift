import ArgumentParser
import FeatureAPI
import Foundation
import ImageFiles
import Images

/// The patch features of files, a window of which is in flight.
struct PatchedFiles {
    let pipeline: EmbeddingPipeline
    let size: Int
    /// Bytes of one file.
    private let maximumFileBytes = RequestLimits().imageBytes

    init(pipeline: EmbeddingPipeline, size: Int) { (self.pipeline, self.size) = (pipeline, size) }

    /// Files that could not be read, each with the reason.
    struct Failures: Error, CustomStringConvertible {
        var reasons: [(file: String, reason: String)]

        var description: String { reasons.map { "\($0.file): \($0.reason)" }.joined(separator: "\n") }

        /// Says which files failed and ends the program with 1, if there are any.
        func report(of count: Int) throws {
            guard !reasons.isEmpty else { return }
            Terminal.error(description)
            Terminal.error("\(reasons.count) of \(count) files could not be drawn")
            throw ExitCode(1)
        }
    }

    /// The images in the order of the files, nothing for one that could not be read, with what `keep` takes of each.
    func read<Kept: Sendable>(
        _ files: [String], keeping keep: @escaping @Sendable (RGBImage) -> Kept
    ) async throws -> (images: [PatchedImage<Kept>?], failures: Failures) {
        var images = [PatchedImage<Kept>?](repeating: nil, count: files.count)
        var reasons = [Int: String]()
        var progress = Progress(total: files.count, done: 0)
        try await withThrowingTaskGroup(of: (Int, Result<PatchedImage<Kept>, Failure>).self) { group in
            var next = files.enumerated().makeIterator()
            for _ in 0..<pipeline.imagesInFlight(size: size) {
                guard let (index, file) = next.next() else { break }
                group.addTask { (index, try await read(file, keeping: keep)) }
            }
            while let (index, result) = try await group.next() {
                switch result {
                case .success(let image): images[index] = image
                case .failure(let failure): reasons[index] = failure.reason
                }
                progress.advance()
                if let (index, file) = next.next() { group.addTask { (index, try await read(file, keeping: keep)) } }
            }
        }
        progress.finish()
        return (
            images,
            Failures(
                reasons: files.indices.compactMap { index in
                    reasons[index].map { (files[index], $0) }
                })
        )
    }

    private struct Failure: Error {
        var reason: String
    }

    private func read<Kept: Sendable>(
        _ file: String, keeping keep: @escaping @Sendable (RGBImage) -> Kept
    ) async throws -> Result<PatchedImage<Kept>, Failure> {
        do {
            let bytes = try RegularFile.read(file, limit: maximumFileBytes)
            return .success(try await pipeline.patches(of: bytes, size: size, keeping: keep))
        } catch let error as FeatureAPIError {
            return .failure(Failure(reason: error.detail))
        } catch let error as FileError {
            return .failure(Failure(reason: error.reason + "."))
        }
    }
}
