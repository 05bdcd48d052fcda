extension RGBImage {
    /// The upright picture of stored rows. O(pixels), one copy unless they are upright already.
    func oriented(_ orientation: Orientation) -> RGBImage {
        guard orientation != .upright else { return self }
        let (newWidth, newHeight) = orientation.exchangesSides ? (height, width) : (width, height)
        // One step along an upright axis, in pixels of the stored picture, and where the upright origin lies.
        let (x, y) = orientation.exchangesSides ? (width, 1) : (1, width)
        let stepX = orientation.reversesX ? -x : x
        let stepY = orientation.reversesY ? -y : y
        let origin =
            (orientation.reversesX ? (newWidth - 1) * x : 0) + (orientation.reversesY ? (newHeight - 1) * y : 0)
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, initialized in
            pixels.withUnsafeBufferPointer { source in
                Self.inTiles(newWidth, newHeight) { column, row in
                    let from = 3 * (origin + column * stepX + row * stepY)
                    let to = 3 * (row * newWidth + column)
                    target[to] = source[from]
                    target[to + 1] = source[from + 1]
                    target[to + 2] = source[from + 2]
                }
            }
            initialized = pixels.count
        }
        return RGBImage(width: newWidth, height: newHeight, pixels: turned)
    }

    /// Visits every pixel in small squares, so that reading columns stays within the cache.
    private static func inTiles(_ width: Int, _ height: Int, visit: (_ column: Int, _ row: Int) -> Void) {
        let side = 32
        for top in stride(from: 0, to: height, by: side) {
            for left in stride(from: 0, to: width, by: side) {
                for row in top..<min(top + side, height) {
                    for column in left..<min(left + side, width) { visit(column, row) }
                }
            }
        }
    }
}
