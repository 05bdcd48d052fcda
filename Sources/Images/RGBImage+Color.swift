import CImageCodecs

/// Changes of colour with the numbers of Pillow's `ImageEnhance` and of torchvision's functions on Pillow images.
///
/// Each changes the picture in place, O(pixels); a factor of 1 leaves it as it is.
extension RGBImage {
    /// Blends with black: `ImageEnhance.Brightness`.
    public mutating func adjustBrightness(_ factor: Float) {
        map(Self.blended(from: 0, factor))
    }

    /// Blends with the picture's mean luma, rounded: `ImageEnhance.Contrast`.
    public mutating func adjustContrast(_ factor: Float) {
        let sum = pixels.withUnsafeBufferPointer { $0.baseAddress.map { CICLumaSum($0, width * height) } ?? 0 }
        let mean = Int(Double(sum) / Double(width * height) + 0.5)
        map(Self.blended(from: mean, factor))
    }

    /// Blends with the picture's luma: `ImageEnhance.Color`.
    public mutating func adjustSaturation(_ factor: Float) {
        pixels.withUnsafeMutableBufferPointer { samples in
            guard let rgb = samples.baseAddress else { return }
            CICBlendWithLuma(rgb, samples.count / 3, factor)
        }
    }

    /// Turns every hue: torchvision's `adjust_hue`, which goes through 8-bit HSV and cuts the shift off to 1/255 turn.
    ///
    /// - Parameter turns: −0.5 to 0.5 of a circle.
    /// - Precondition: `turns` is finite and below a thousand.
    public mutating func adjustHue(_ turns: Double) {
        let shift = UInt8(truncatingIfNeeded: Int(turns * 255))
        pixels.withUnsafeMutableBufferPointer { samples in
            guard let rgb = samples.baseAddress else { return }
            CICShiftHue(rgb, samples.count / 3, shift)
        }
    }

    /// Replaces every pixel by its luma, three times: `convert("L").convert("RGB")`.
    public mutating func removeColor() { adjustSaturation(0) }

    /// Inverts every sample of at least 128: `ImageOps.solarize`.
    public mutating func solarize() {
        map((0..<256).map { UInt8($0 < 128 ? $0 : 255 - $0) })
    }

    /// Pillow's `ImagingBlend` with one value, for each of the 256 samples: single precision, cut off.
    private static func blended(from value: Int, _ factor: Float) -> [UInt8] {
        (0..<256).map { UInt8(max(0, min(255, Float(value) + factor * Float($0 - value)))) }
    }

    /// Replaces each sample by its entry in a table of 256.
    private mutating func map(_ table: [UInt8]) {
        pixels.withUnsafeMutableBufferPointer { samples in
            table.withUnsafeBufferPointer { table in
                for index in samples.indices { samples[index] = table[Int(samples[index])] }
            }
        }
    }
}
