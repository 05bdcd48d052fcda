extension RGBImage {
    /// The upright picture of stored rows. O(pixels), one copy unless they are upright already.
    func oriented(_ orientation: Orientation) -> RGBImage {
        guard orientation != .upright else { return self }
        let (newWidth, newHeight) = orientation.exchangesSides ? (height, width) : (width, height)
        // One step along an upright axis, in samples of the stored picture, and where the upright origin lies.
        let (x, y) = orientation.exchangesSides ? (width * 3, 3) : (3, width * 3)
        let stepX = orientation.reversesX ? -x : x
        let stepY = orientation.reversesY ? -y : y
        let origin =
            (orientation.reversesX ? (newWidth - 1) * x : 0) + (orientation.reversesY ? (newHeight - 1) * y : 0)
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, initialized in
            pixels.withUnsafeBufferPointer { source in
                Self.forEachRun(newWidth, newHeight) { columns, row in
                    var from = origin + columns.lowerBound * stepX + row * stepY
                    var to = 3 * (row * newWidth + columns.lowerBound)
                    for _ in columns {
                        target[to] = source[from]
                        target[to &+ 1] = source[from &+ 1]
                        target[to &+ 2] = source[from &+ 2]
                        from &+= stepX
                        to &+= 3
                    }
                }
            }
            initialized = pixels.count
        }
        return RGBImage(width: newWidth, height: newHeight, pixels: turned)
    }

    /// Visits every pixel in small squares, row by row, so that reading columns stays within the cache.
    private static func forEachRun(_ width: Int, _ height: Int, visit: (_ columns: Range<Int>, _ row: Int) -> Void) {
        let side = 64
        for top in stride(from: 0, to: height, by: side) {
            for left in stride(from: 0, to: width, by: side) {
                for row in top..<min(top + side, height) { visit(left..<min(left + side, width), row) }
            }
        }
    }
}
