public import Tensors

/// CLS features between two steps, for evaluation.
extension Trainer {
    /// CLS features (n, D), not normalised, of pixels (n, 3, S, S) by the teacher.
    ///
    /// - Precondition: S divides into patches.
    public func teacherFeatures(_ pixels: Tensor) -> Tensor { features(pixels, of: teacher) }

    /// CLS features (n, D), not normalised, of pixels (n, 3, S, S) by the student.
    ///
    /// - Precondition: S divides into patches.
    package func studentFeatures(_ pixels: Tensor) -> Tensor { features(pixels, of: student) }

    private func features(_ pixels: Tensor, of network: Network) -> Tensor {
        let images = pixels.shape[0], side = pixels.shape[2], patch = recipe.network.patchSize
        precondition(side % patch == 0 && pixels.shape == [images, 3, side, side], "pixels of shape \(pixels.shape)")
        let backbone = Backbone(
            network: network, compute: compute, sequences: Sequences(images: images, grid: side / patch),
            activations: teacherActivations, dropPath: nil)
        backbone.forward(pixels)
        return Tensor(
            shape: [images, recipe.network.embedDim], scalars: teacherActivations.cls.copy(rows: 0..<images))
    }
}
