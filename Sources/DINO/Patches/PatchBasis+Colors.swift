public import Images
public import Tensors

extension PatchBasis {
    /// The patches of an image as values and colours in this basis.
    public struct Picture: Sendable, Equatable {
        /// The values along the directions (N, K), of every patch.
        public let values: Tensor
        /// Whether each patch is foreground (N); all are where the basis makes no difference.
        public let isForeground: [Bool]
        /// A pixel for each patch: the first three directions as red, green and blue; one direction alone is grey, of two
        /// there is no blue. Background is black.
        public let colors: RGBImage
    }

    /// The patches of `image` in this basis.
    ///
    /// - Precondition: the widths agree.
    public func picture(of image: GridFeatures) -> Picture {
        let values = project(image.features), isForeground = isForeground(image.features)
        var pixels = [UInt8](repeating: 0, count: image.count * 3)
        for patch in 0..<image.count where isForeground[patch] {
            for channel in 0..<3 {
                let component = count == 1 ? 0 : channel
                guard component < count else { continue }
                let share = ranges[component].share(of: values.scalars[patch * count + component])
                pixels[patch * 3 + channel] = UInt8((share * 255).rounded())
            }
        }
        return Picture(
            values: values, isForeground: isForeground,
            colors: RGBImage(width: image.width, height: image.height, pixels: pixels))
    }
}
