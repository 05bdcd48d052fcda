public import Tensors

/// The crops of one resolution in a batch.
public struct CropGroup: Sendable {
    /// The side of a crop in pixels, S.
    public let size: Int
    /// Crops of each image.
    public let views: Int
    /// The crops (views · B, 3, S, S), normalised: the first view of every image, then the second, and so on.
    public let pixels: Tensor

    /// Crops of one resolution.
    public init(size: Int, views: Int, pixels: Tensor) {
        self.size = size
        self.views = views
        self.pixels = pixels
    }
}

/// What one step learns from: the crops of B images.
public struct CropBatch: Sendable {
    /// The step of the whole run, from 0.
    public let step: Int
    /// The number of images, B.
    public let images: Int
    /// The two global crops of every image, then the local ones where there are any.
    public let groups: [CropGroup]

    /// The crops of `images` images.
    public init(step: Int, images: Int, groups: [CropGroup]) {
        self.step = step
        self.images = images
        self.groups = groups
    }
}

/// The sides of the crops of a step in pixels.
public struct CropSizes: Sendable, Equatable {
    /// The side of a global and of a local crop.
    public var global, local: Int

    /// Sides in pixels.
    public init(global: Int, local: Int) {
        self.global = global
        self.local = local
    }
}
