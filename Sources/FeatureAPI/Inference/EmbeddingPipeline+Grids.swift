package import DINO
package import Images

/// An image as its patches see it.
package struct PatchedImage<Kept: Sendable>: Sendable {
    /// Patch features, each of length 1.
    package var grid: GridFeatures
    /// What the caller kept of the decoded image.
    package var kept: Kept
    /// Where the time went.
    package var timing: EmbeddedImage.Timing
}

extension EmbeddingPipeline {
    /// The patch features of one image file, of length 1, on their grid, and what `keep` takes of the decoded image; it is
    /// called on a thread of the pool.
    ///
    /// - Parameter size: the side of the model's input, a multiple of the patch.
    /// - Throws: ``FeatureAPIError``, what `keep` throws, or `CancellationError` where the task was cancelled.
    package func patches<Kept: Sendable>(
        of file: [UInt8], size: Int, keeping keep: @escaping @Sendable (RGBImage) throws -> Kept
    ) async throws -> PatchedImage<Kept> {
        let (output, kept, timing) = try await outputs(of: file, size: size, kinds: [.patches]) { try keep($1) }
        let side = size / model.patchSize
        guard let patches = output[.patches], patches.shape[0] == side * side else {
            throw FeatureAPIError(.nonFiniteFeatures, "The model gave no patch features for this image.")
        }
        let grid = try await workers.run(.finishing) {
            GridFeatures(patches.l2Normalized(), height: side, width: side)
        }
        return PatchedImage(grid: grid, kept: kept, timing: timing)
    }

    /// The same of several images, in their order.
    ///
    /// - Throws: the first fault that came up, with the index of its image: none can do without the others.
    func patches<Kept: Sendable>(
        of images: [SubmittedImage], size: Int, keeping keep: @escaping @Sendable (RGBImage) throws -> Kept
    ) async throws -> [PatchedImage<Kept>] {
        // A file that is none is told before anything is computed.
        var files = [[UInt8]]()
        for (index, image) in images.enumerated() {
            do throws(FeatureAPIError) { files.append(try image.checkedFile()) } catch { throw error.at(index) }
        }
        return try await withThrowingTaskGroup { group in
            for (index, file) in files.enumerated() {
                group.addTask {
                    do {
                        return (index, try await self.patches(of: file, size: size, keeping: keep))
                    } catch let error as FeatureAPIError {
                        throw error.at(index)
                    }
                }
            }
            var found = [(index: Int, image: PatchedImage<Kept>)]()
            for try await image in group { found.append(image) }
            return found.sorted { $0.index < $1.index }.map(\.image)
        }
    }
}
