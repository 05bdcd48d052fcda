import Images
import TestSupport
import Testing

/// Colour, blur and flip to Pillow's bits.
@Suite struct AdjustmentTests {
    @Test(arguments: Adjustments.expected.changes)
    func changesPicturesAsPillowAndTorchvisionDo(change: Adjustments.Change) throws {
        var image = try #require(Adjustments.expected.pictures[change.picture]).image
        try apply(change.change, Float(change.value), change.value, to: &image)
        let expected = change.result.image
        let furthest = zip(image.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max()
        #expect(image == expected, "\(change.change) \(change.value) of \(change.picture): off by \(furthest ?? 0)")
    }

    private func apply(_ change: String, _ factor: Float, _ value: Double, to image: inout RGBImage) throws {
        switch change {
        case "brightness": image.adjustBrightness(factor)
        case "contrast": image.adjustContrast(factor)
        case "saturation": image.adjustSaturation(factor)
        case "hue": image.adjustHue(value)
        case "gray": image.removeColor()
        case "blur": image.blur(sigma: factor)
        case "solarize": image.solarize()
        case "flip": image.flipHorizontally()
        default: Issue.record("unknown change \(change)")
        }
    }

    @Test func knowsPillowsResults() {
        #expect(Adjustments.expected.changes.count > 80)
        #expect(Set(Adjustments.expected.changes.map(\.change)).count == 8)
    }

    @Test func everyHueTurnsLikeThePixelByPixelFormula() {
        // Every fifth level of each channel and the last one, in rows that are no multiple of a vector.
        let levels = Array(stride(from: UInt8(0), to: 255, by: 5)) + [255]
        var pixels: [UInt8] = []
        for red in levels { for green in levels { for blue in levels { pixels += [red, green, blue] } } }
        for turns in [-0.1, 0, 0.034, 0.5] {
            var image = RGBImage(width: levels.count, height: levels.count * levels.count, pixels: pixels)
            image.adjustHue(turns)
            let shift = UInt8(truncatingIfNeeded: Int(turns * 255))
            let wrong = stride(from: 0, to: pixels.count, by: 3).first { start in
                let pixel = HSVPixel(pixels[start], pixels[start + 1], pixels[start + 2])
                return pixel.turned(by: shift) != Array(image.pixels[start..<start + 3])
            }
            #expect(wrong == nil, "turned by \(turns)")
        }
    }

    @Test func aBlurKeepsWhatIsEvenAndCommutesWithAFlip() {
        var even = RGBImage(width: 9, height: 5, pixels: Array(repeating: [3, 200, 255], count: 45).flatMap(\.self))
        let before = even
        even.blur(sigma: 1.9)
        #expect(even == before)

        var random = SeededGenerator(seed: 3)
        var (first, second) = (random.image(width: 17, height: 6), RGBImage(width: 1, height: 1, pixels: [0, 0, 0]))
        second = first
        first.blur(sigma: 2.2)
        first.flipHorizontally()
        second.flipHorizontally()
        second.blur(sigma: 2.2)
        #expect(first == second)
    }

    @Test func aChangeLeavesCopiesAlone() {
        var random = SeededGenerator(seed: 4)
        let original = random.image(width: 8, height: 8)
        let samples = original.pixels
        var copy = original
        copy.solarize()
        copy.blur(sigma: 1)
        copy.flipHorizontally()
        copy.adjustHue(0.2)
        #expect(original.pixels == samples)
    }
}

/// A pixel through HSV, statement by statement as Pillow's `rgb2hsv_row` and `hsv2rgb` do it.
private struct HSVPixel {
    private var hue: UInt8 = 0
    private var saturation: UInt8 = 0
    private let value: UInt8

    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        let (high, low) = (max(red, green, blue), min(red, green, blue))
        value = high
        guard high > low else { return }
        let chroma = Float(high - low)
        let (rc, gc, bc) = (Float(high - red) / chroma, Float(high - green) / chroma, Float(high - blue) / chroma)
        let sixths =
            red == high
            ? bc - gc : Float(green == high ? 2 + Double(rc) - Double(bc) : 4 + Double(gc) - Double(rc))
        let turn = Float((Double(sixths) / 6 + 1).truncatingRemainder(dividingBy: 1))
        hue = UInt8(Double(turn) * 255)
        saturation = UInt8(Double(chroma / Float(high)) * 255)
    }

    func turned(by shift: UInt8) -> [UInt8] {
        let hue = hue &+ shift
        guard saturation > 0 else { return [value, value, value] }
        let sixth = (Double(hue) * 6 / 255).rounded(.down)
        let rest = Float(Double(hue) * 6 / 255 - sixth), share = Float(Double(saturation) / 255)
        func rounded(_ factor: Double) -> UInt8 { UInt8((Double(value) * factor).rounded()) }
        let p = rounded(1 - Double(share)), q = rounded(1 - Double(share * rest))
        let t = rounded(1 - Double(share) * (1 - Double(rest)))
        let sectors = [[value, t, p], [q, value, p], [p, value, t], [p, q, value], [t, p, value], [value, p, q]]
        return sectors[Int(sixth) % 6]
    }
}
