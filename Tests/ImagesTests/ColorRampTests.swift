import Foundation
import Images
import Testing

@Suite struct ColorRampTests {
    /// The relative luminance of sRGB (IEC 61966-2-1).
    private func luminance(_ share: Float) -> Double {
        func linear(_ byte: UInt8) -> Double {
            let value = Double(byte) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        let color = ColorRamp.color(share)
        return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    }

    @Test func growsLighterStepByStep() {
        let values = (0...255).map { luminance(Float($0) / 255) }
        for (lower, upper) in zip(values, values.dropFirst()) { #expect(lower < upper + 1e-3) }
        #expect(values[0] < 0.05 && values[255] > 0.75)
        #expect(values == values.sorted() || zip(values, values.dropFirst(4)).allSatisfy { $0 < $1 })
    }

    @Test func staysAtItsEndsBeyondThem() {
        #expect(ColorRamp.color(-3) == ColorRamp.color(0))
        #expect(ColorRamp.color(7) == ColorRamp.color(1))
    }

    @Test func goesFromVioletToYellow() {
        let (first, last) = (ColorRamp.color(0), ColorRamp.color(1))
        #expect(first.blue > first.red && first.red > first.green)
        #expect(last.red > last.blue && last.green > last.blue)
    }
}
