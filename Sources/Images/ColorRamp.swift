import Foundation

/// A ramp of colours for numbers from 0 to 1: equal steps of the number look like equal steps of lightness.
///
/// Computed in Oklab (Björn Ottosson, 2020): lightness rises evenly from 0.25 to 0.95, the hue turns from violet over blue
/// and green to yellow, and the chroma is as large as sRGB allows, at most 0.15. In greys it is still in order.
public enum ColorRamp {
    /// The colours of 0/255, 1/255 … 255/255.
    private static let colors: [(red: UInt8, green: UInt8, blue: UInt8)] = (0...255).map { color(at: Double($0) / 255) }

    /// The colour of a number; below 0 it is that of 0, above 1 that of 1.
    public static func color(_ share: Float) -> (red: UInt8, green: UInt8, blue: UInt8) {
        colors[Int((min(max(share, 0), 1) * 255).rounded())]
    }

    private static func color(at share: Double) -> (red: UInt8, green: UInt8, blue: UInt8) {
        let lightness = 0.25 + 0.7 * share
        let hue = (300 - 195 * share) * Double.pi / 180
        var chroma = 0.15
        var linear = sRGB(lightness, chroma * cos(hue), chroma * sin(hue))
        while !linear.allSatisfy({ (0...1).contains($0) }), chroma > 0.001 {
            chroma *= 0.98
            linear = sRGB(lightness, chroma * cos(hue), chroma * sin(hue))
        }
        let bytes = linear.map { UInt8((encoded(min(max($0, 0), 1)) * 255).rounded()) }
        return (bytes[0], bytes[1], bytes[2])
    }

    /// Linear red, green and blue of a colour in Oklab.
    private static func sRGB(_ lightness: Double, _ a: Double, _ b: Double) -> [Double] {
        let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
        let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
        let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
        return [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        ]
    }

    /// The transfer function of sRGB (IEC 61966-2-1).
    private static func encoded(_ linear: Double) -> Double {
        linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055
    }
}
