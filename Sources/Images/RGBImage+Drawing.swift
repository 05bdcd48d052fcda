/// A place in a picture: x to the right, y down, (0, 0) the top left corner of the first pixel.
public struct PixelPoint: Sendable, Equatable {
    /// Pixels to the right and down.
    public var x: Double, y: Double

    /// A place.
    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}

extension RGBImage {
    /// Draws a straight line with round ends, `thickness` pixels wide; one from a place to itself is a disc.
    ///
    /// A pixel takes the colour as far as the line covers it, told by the distance of its middle. What lies outside the
    /// picture is not drawn. Cost: about thickness + 2 pixels for each of the longer of its two extents.
    public mutating func draw(
        from start: PixelPoint, to end: PixelPoint, thickness: Double, color: (red: UInt8, green: UInt8, blue: UInt8)
    ) {
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let length = dx * dx + dy * dy, reach = thickness / 2 + 1
        let isFlat = abs(dx) >= abs(dy)
        let (low, high) =
            isFlat ? (min(start.x, end.x), max(start.x, end.x)) : (min(start.y, end.y), max(start.y, end.y))
        let slope = isFlat ? (dx == 0 ? 0 : dy / dx) : dx / dy
        let half = reach * (1 + slope * slope).squareRoot()
        for step in Self.pixels(from: low - reach, to: high + reach, of: isFlat ? width : height) {
            let along = min(max(Double(step) + 0.5, low), high)
            let across = isFlat ? start.y + (along - start.x) * slope : start.x + (along - start.y) * slope
            for other in Self.pixels(from: across - half, to: across + half, of: isFlat ? height : width) {
                let (x, y) = isFlat ? (step, other) : (other, step)
                let (px, py) = (Double(x) + 0.5 - start.x, Double(y) + 0.5 - start.y)
                let share = length > 0 ? min(max((px * dx + py * dy) / length, 0), 1) : 0
                let (ox, oy) = (px - share * dx, py - share * dy)
                let coverage = min(max(thickness / 2 + 0.5 - (ox * ox + oy * oy).squareRoot(), 0), 1)
                blend(color, at: y * width + x, share: coverage)
            }
        }
    }

    /// Mixes `share` of a colour into a pixel, counted row by row.
    public mutating func blend(_ color: (red: UInt8, green: UInt8, blue: UInt8), at pixel: Int, share: Double) {
        guard share > 0 else { return }
        for (channel, value) in [color.red, color.green, color.blue].enumerated() {
            let old = Double(pixels[pixel * 3 + channel])
            pixels[pixel * 3 + channel] = UInt8((old + (Double(value) - old) * min(share, 1)).rounded())
        }
    }

    /// The whole pixels between two places of a side, as far as it goes.
    private static func pixels(from low: Double, to high: Double, of side: Int) -> Range<Int> {
        let first = min(max(low.rounded(.down), 0), Double(side)), last = min(max(high.rounded(.up), 0), Double(side))
        return Int(first)..<max(Int(first), Int(last))
    }

    /// A picture of one colour.
    ///
    /// - Precondition: both sides are at least 1.
    public init(width: Int, height: Int, color: (red: UInt8, green: UInt8, blue: UInt8)) {
        var pixels = [UInt8]()
        pixels.reserveCapacity(width * height * 3)
        for _ in 0..<width * height { pixels += [color.red, color.green, color.blue] }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// Copies all of `picture` to the place whose corner is (x, y).
    ///
    /// - Precondition: it fits in there.
    public mutating func place(_ picture: RGBImage, x: Int, y: Int) {
        precondition(x >= 0 && y >= 0 && x + picture.width <= width && y + picture.height <= height, "does not fit")
        for row in 0..<picture.height {
            let from = row * picture.width * 3, to = ((y + row) * width + x) * 3
            pixels.replaceSubrange(to..<to + picture.width * 3, with: picture.pixels[from..<from + picture.width * 3])
        }
    }

    /// The picture with each pixel as a square of `side` pixels.
    ///
    /// - Precondition: `side` is at least 1.
    public func magnified(_ side: Int) -> RGBImage {
        precondition(side > 0, "a pixel of \(side)×\(side)")
        var rows = [UInt8]()
        rows.reserveCapacity(pixels.count * side * side)
        for row in 0..<height {
            var line = [UInt8]()
            for pixel in row * width..<(row + 1) * width {
                for _ in 0..<side { line += pixels[pixel * 3..<pixel * 3 + 3] }
            }
            for _ in 0..<side { rows += line }
        }
        return RGBImage(width: width * side, height: height * side, pixels: rows)
    }
}
