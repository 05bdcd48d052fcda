extension RGBImage {
    /// Exchanges left and right, in place: `ImageOps.mirror`. O(pixels).
    public mutating func flipHorizontally() {
        let (width, height) = (width, height)
        pixels.withUnsafeMutableBufferPointer { samples in
            for row in 0..<height {
                var left = row * width * 3
                var right = left + (width - 1) * 3
                while left < right {
                    for channel in 0..<3 { samples.swapAt(left &+ channel, right &+ channel) }
                    left &+= 3
                    right &-= 3
                }
            }
        }
    }
}
