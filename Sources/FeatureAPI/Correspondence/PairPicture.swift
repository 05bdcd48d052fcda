package import DINO
package import Images

/// Two pictures side by side, with what their patches have to do with each other drawn over them.
package struct PairPicture: Sendable {
    /// The largest size that a picture is shown at.
    private static let largest = (width: 640, height: 480)
    /// Bytes of both pictures, of the canvas and of its file, at most.
    static let bytes = 12 * 2 * largest.width * largest.height
    /// Pixels between the two.
    private static let gap = 8
    private static let background = (red: UInt8(32), green: UInt8(32), blue: UInt8(32))

    private var canvas: RGBImage
    /// Where each picture's corner is, and where patches lie in it.
    private let first: Frame, second: Frame

    /// A picture on the canvas.
    private struct Frame: Sendable {
        let x: Int, y: Int
        let picture: RGBImage
        let places: PatchGrid

        /// The middle of a patch on the canvas.
        func center(of place: Int) -> PixelPoint {
            let center = places.center(of: place)
            return PixelPoint(x: Double(x) + center.x, y: Double(y) + center.y)
        }
    }

    /// An image as small as a picture of the two shows it; small ones are made larger.
    package static func shown(_ image: RGBImage) -> RGBImage {
        let scale = min(
            Double(largest.width) / Double(image.width), Double(largest.height) / Double(image.height))
        return image.resized(
            width: max(1, Int((Double(image.width) * scale).rounded())),
            height: max(1, Int((Double(image.height) * scale).rounded())), filter: .bicubic)
    }

    /// The pictures of `pair`, each as ``shown(_:)`` gives it, whose inputs have a side of `size` pixels.
    package init(_ first: RGBImage, _ second: RGBImage, of pair: ImagePair, model: ModelDescription, size: Int) {
        let height = max(first.height, second.height)
        func frame(_ picture: RGBImage, of side: ImagePair.Side, x: Int) -> Frame {
            let places = PatchGrid(
                height: side.features.height, width: side.features.width, imageWidth: picture.width,
                imageHeight: picture.height, preprocessing: model.preprocessing, side: size)
            return Frame(x: x, y: (height - picture.height) / 2, picture: picture, places: places)
        }
        self.first = frame(first, of: pair.first, x: 0)
        self.second = frame(second, of: pair.second, x: first.width + Self.gap)
        canvas = RGBImage(width: first.width + Self.gap + second.width, height: height, color: Self.background)
        canvas.place(first, x: self.first.x, y: self.first.y)
        canvas.place(second, x: self.second.x, y: self.second.y)
    }

    /// The pictures with what was drawn.
    package var image: RGBImage { canvas }

    /// Draws a line for each match, the best last and on top; its colour is that of its score among them.
    package mutating func draw(_ matches: [PatchMatch]) {
        guard let best = matches.first, let worst = matches.last else { return }
        for match in matches.reversed() {
            let span = best.score - worst.score
            // The darkest colours of the ramp would be lost on a photograph.
            let share = span > 0 ? 0.35 + 0.65 * (match.score - worst.score) / span : 1
            line(from: match.first, to: match.second, color: ColorRamp.color(share))
        }
    }

    /// Covers the pictures with maps, of which the largest value at a place counts, and draws a line from each map's part
    /// to the patch that is most alike. The colours go from the 2 % quantile of both pictures' values to the 98 %.
    package mutating func draw(_ maps: [ImagePair.Map]) {
        guard let one = maps.first else { return }
        let first = maps.dropFirst().reduce(one.first) { zip($0, $1.first).map { max($0, $1) } }
        let second = maps.dropFirst().reduce(one.second) { zip($0, $1.second).map { max($0, $1) } }
        let (low, high) = ((first + second).quantile(0.02), (first + second).quantile(0.98))
        let scale = high > low ? 1 / (high - low) : 0
        cover(self.first, with: first.map { ($0 - low) * scale })
        cover(self.second, with: second.map { ($0 - low) * scale })
        for map in maps { line(from: map.middle, to: map.best.place, color: (255, 255, 255)) }
    }

    private mutating func line(from place: Int, to other: Int, color: (red: UInt8, green: UInt8, blue: UInt8)) {
        let (start, end) = (first.center(of: place), second.center(of: other))
        canvas.draw(from: start, to: end, thickness: 1.5, color: color)
        for end in [start, end] { canvas.draw(from: end, to: end, thickness: 7, color: color) }
    }

    /// Mixes the colours of a grid's values, 0 to 1, into what the model sees of a picture.
    private mutating func cover(_ frame: Frame, with values: [Float]) {
        let field = frame.places.field(values, isSmooth: true)
        let seen = frame.places.seenMiddles
        var line = [Float](repeating: 0, count: frame.picture.width)
        for y in seen.y0..<seen.y1 {
            field.write(row: y, to: &line)
            for x in seen.x0..<seen.x1 {
                canvas.blend(
                    ColorRamp.color(line[x]), at: (frame.y + y) * canvas.width + frame.x + x, share: 0.6)
            }
        }
    }
}

extension ImagePair.Map {
    /// The patch in the middle of the part, in the order of the grid.
    fileprivate var middle: Int { region[region.count / 2] }
}
