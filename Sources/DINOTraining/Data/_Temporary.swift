public import Tensors

public struct CropGroup: Sendable {
    public let size: Int
    public let views: Int
    public let pixels: Tensor
    public init(size: Int, views: Int, pixels: Tensor) { self.size = size; self.views = views; self.pixels = pixels }
}
public struct CropBatch: Sendable {
    public let step: Int
    public let images: Int
    public let groups: [CropGroup]
    public init(step: Int, images: Int, groups: [CropGroup]) {
        self.step = step; self.images = images; self.groups = groups
    }
}
struct CounterGenerator {
    var state: UInt64
    init(seed: UInt64, epoch: Int, image: Int, crop: Int, step: Int) {
        state =
            seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: epoch) &* 0xBF58_476D_1CE4_E5B9 &+ UInt64(
                truncatingIfNeeded: image) &* 0x94D0_49BB_1331_11EB &+ UInt64(truncatingIfNeeded: step)
    }
    mutating func uniform() -> Double {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
}
