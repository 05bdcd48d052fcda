package import DINO

/// Where the patches of a model's input lie in the photograph it was made of.
///
/// The resize and the crop of preprocessing leave of a photograph a rectangle in its middle, which the grid divides
/// evenly: that is all there is to know, for each fit.
package struct PatchGrid: Sendable, Equatable {
    /// A rectangle of whole pixels, from (x0, y0) up to (x1, y1).
    package struct PixelBox: Sendable, Equatable {
        package var x0: Int, y0: Int, x1: Int, y1: Int

        /// A rectangle with these edges.
        package init(x0: Int, y0: Int, x1: Int, y1: Int) { (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1) }
    }

    /// One direction: so many patches over a run of the photograph's pixels.
    private struct Axis: Sendable, Equatable {
        let patches: Int
        let pixels: Int
        /// Where the first patch begins and the last ends, in pixels.
        let start: Double, end: Double

        init(patches: Int, pixels: Int, share: Range<Double>) {
            (self.patches, self.pixels) = (patches, pixels)
            (start, end) = (share.lowerBound * Double(pixels), share.upperBound * Double(pixels))
        }

        /// Where a place lies, in patches from the first one's beginning.
        func position(_ pixel: Double) -> Double { (pixel - start) / (end - start) * Double(patches) }

        /// The place that lies so many patches from the first one's beginning.
        func pixel(at position: Double) -> Double { start + position / Double(patches) * (end - start) }

        /// The patch that a place lies in, nothing where it is cut off.
        func patch(at pixel: Double) -> Int? {
            // A place on the first patch's edge is the patch's however the division rounds.
            guard pixel > start - 1e-6, pixel < end else { return nil }
            return min(max(Int(position(pixel)), 0), patches - 1)
        }

        /// The patches whose middle lies in a run of pixels, or the one that the run's middle lies in; nothing where the
        /// run is cut off.
        func patches(from low: Double, to high: Double) -> Range<Int>? {
            let low = max(low, start), high = min(high, end)
            guard low < high else { return nil }
            let first = Int((position(low) - 0.5).rounded(.up)), last = Int((position(high) - 0.5).rounded(.up))
            if first < last { return max(first, 0)..<min(last, patches) }
            let middle = min(Int(position((low + high) / 2)), patches - 1)
            return middle..<middle + 1
        }

        /// Where the middle of each pixel lies, in patches from the first one's beginning; outside where it is cut off.
        var positions: [Double] { (0..<pixels).map { position(Double($0) + 0.5) } }

        /// The pixels whose middle lies in a patch.
        var seen: Range<Int> {
            let positions = positions
            let seen = positions.indices.filter { (0..<Double(patches)).contains(positions[$0]) }
            return (seen.first ?? 0)..<(seen.last.map { $0 + 1 } ?? 0)
        }

        /// Where each patch's pixels begin, and where the last one's end: a pixel is of the patch that its middle lies in.
        var edges: [Int] {
            let step = (end - start) / Double(patches)
            return (0...patches).map { patch in
                // A middle that lies on a patch's edge is the patch's however the division rounds.
                min(max(Int((start + Double(patch) * step - 0.5 - 1e-6).rounded(.up)), 0), pixels)
            }
        }

        /// The pixels that some patches touch.
        func pixels(of range: Range<Int>) -> Range<Int> {
            let step = (end - start) / Double(patches)
            // A patch's edge that lies on a pixel's edge stays there however the division rounds.
            let low = Int((start + Double(range.lowerBound) * step + 1e-6).rounded(.down))
            let high = Int((start + Double(range.upperBound) * step - 1e-6).rounded(.up))
            return max(low, 0)..<min(max(high, low + 1), pixels)
        }
    }

    private let columns: Axis, rows: Axis

    /// The grid of `height` × `width` patches over a photograph of `imageWidth` × `imageHeight` pixels, upright, whose
    /// input has a side of `side`.
    ///
    /// - Precondition: all numbers are positive.
    package init(
        height: Int, width: Int, imageWidth: Int, imageHeight: Int, preprocessing: Preprocessing, side: Int
    ) {
        let coverage = preprocessing.coverage(width: imageWidth, height: imageHeight, side: side)
        columns = Axis(patches: width, pixels: imageWidth, share: coverage.x)
        rows = Axis(patches: height, pixels: imageHeight, share: coverage.y)
    }

    /// The places of a region's patches, row by row of the grid, ascending, at least one.
    ///
    /// - Parameter whole: what the region is part of a request as, in errors.
    /// - Throws: ``FeatureAPIError`` where the region leaves the image, or where the model sees nothing of the box, or one
    ///   of the points is cut off by preprocessing.
    package func patches(
        in shape: RegionQuery.Shape, of whole: String = "\"region\""
    ) throws(FeatureAPIError) -> [Int] {
        switch shape {
        case .box(let x0, let y0, let x1, let y1):
            guard x0 >= 0, y0 >= 0, x1 <= Double(columns.pixels), y1 <= Double(rows.pixels) else {
                throw fault("The box of \(whole) leaves the image, which has \(size) pixels.")
            }
            guard let across = columns.patches(from: x0, to: x1), let down = rows.patches(from: y0, to: y1) else {
                throw fault("The box of \(whole) lies where preprocessing cuts the image off: \(seen).")
            }
            return down.flatMap { row in across.map { row * columns.patches + $0 } }
        case .points(let points):
            var places = Set<Int>()
            for point in points { places.insert(try place(of: point, whole)) }
            return places.sorted()
        }
    }

    /// The pixels that a run of columns and rows of the grid covers.
    package func box(columns across: Range<Int>, rows down: Range<Int>) -> PixelBox {
        let x = columns.pixels(of: across), y = rows.pixels(of: down)
        return PixelBox(x0: x.lowerBound, y0: y.lowerBound, x1: x.upperBound, y1: y.upperBound)
    }

    /// The middle of the patch at a place of the grid, in pixels.
    package func center(of place: Int) -> RegionQuery.Point {
        RegionQuery.Point(
            x: columns.pixel(at: Double(place % columns.patches) + 0.5),
            y: rows.pixel(at: Double(place / columns.patches) + 0.5))
    }

    /// The pixels whose middle the model sees: those that a ``field(_:isSmooth:)`` gives a value.
    package var seenMiddles: PixelBox {
        let x = columns.seen, y = rows.seen
        return PixelBox(x0: x.lowerBound, y0: y.lowerBound, x1: x.upperBound, y1: y.upperBound)
    }

    /// A mask of the grid's patches in the photograph; what is cut off does not belong to it.
    package func placed(_ mask: Mask) -> PlacedMask {
        PlacedMask(
            mask, columns: columns.edges, rows: rows.edges, imageWidth: columns.pixels, imageHeight: rows.pixels)
    }

    /// Values of the grid's patches, row by row, at the photograph's pixels; 0 at those that are cut off.
    package func field(_ values: [Float], isSmooth: Bool) -> ImageField {
        ImageField(
            values, height: rows.patches, width: columns.patches, columns: columns.positions, rows: rows.positions,
            isSmooth: isSmooth)
    }

    private func place(of point: RegionQuery.Point, _ whole: String) throws(FeatureAPIError) -> Int {
        guard point.x >= 0, point.y >= 0, point.x < Double(columns.pixels), point.y < Double(rows.pixels) else {
            throw fault(
                "The point (\(point.x), \(point.y)) of \(whole) is outside the image, which has \(size) pixels.")
        }
        guard let column = columns.patch(at: point.x), let row = rows.patch(at: point.y) else {
            throw fault("Preprocessing cuts the point (\(point.x), \(point.y)) of \(whole) off: \(seen).")
        }
        return row * columns.patches + column
    }

    private var size: String { "\(columns.pixels) × \(rows.pixels)" }

    private var seen: String {
        let visible = box(columns: 0..<columns.patches, rows: 0..<rows.patches)
        return "the model sees x from \(visible.x0) to \(visible.x1) and y from \(visible.y0) to \(visible.y1)"
    }

    private func fault(_ sentence: String) -> FeatureAPIError { FeatureAPIError(.invalidOption, sentence) }
}
