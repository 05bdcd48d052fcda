public import Tensors

/// The patch features of one image with the grid that they lie on.
public struct GridFeatures: Sendable, Equatable {
    /// Patch features (N, D), row by row of the grid.
    public let features: Tensor
    /// Patches down and across; their product is N.
    public let height: Int, width: Int

    /// Features on a grid.
    ///
    /// - Precondition: there is at least one patch, of at least one number, and the grid has as many places as there are
    ///   patches.
    public init(_ features: Tensor, height: Int, width: Int) {
        precondition(
            features.shape.count == 2 && features.count > 0 && height > 0 && features.shape[0] == height * width,
            "features of shape \(features.shape) on a grid of \(height)×\(width)")
        (self.features, self.height, self.width) = (features, height, width)
    }

    /// The number of patches, `N`.
    public var count: Int { features.shape[0] }
    /// Numbers of each, `D`.
    public var dimensions: Int { features.shape[1] }

    /// Whether a patch touches the edge of the grid.
    private func isOnEdge(_ patch: Int) -> Bool {
        let (row, column) = (patch / width, patch % width)
        return row == 0 || row == height - 1 || column == 0 || column == width - 1
    }

    /// The share of some patches of images that lies on the edge of their grid; 0 of none. What stands before a background
    /// touches the edge less than the background does.
    static func edgeShare(of images: [GridFeatures], where isChosen: (_ image: Int, _ patch: Int) -> Bool) -> Double {
        var (edge, all) = (0, 0)
        for (index, image) in images.enumerated() {
            for patch in 0..<image.count where isChosen(index, patch) {
                all += 1
                if image.isOnEdge(patch) { edge += 1 }
            }
        }
        return Double(edge) / Double(max(all, 1))
    }
}
