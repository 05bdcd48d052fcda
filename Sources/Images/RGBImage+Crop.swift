extension RGBImage {
    /// A rectangle of the picture.
    ///
    /// - Precondition: the rectangle is not empty and lies within the picture.
    public func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> RGBImage {
        precondition(
            x >= 0 && y >= 0 && newWidth > 0 && newHeight > 0 && newWidth <= width - x && newHeight <= height - y,
            "\(newWidth)×\(newHeight) at (\(x), \(y)) is not within \(width)×\(height)")
        if newWidth == width, newHeight == height { return self }
        var samples: [UInt8] = []
        samples.reserveCapacity(newWidth * newHeight * 3)
        for row in y..<y + newHeight {
            let start = (row * width + x) * 3
            samples.append(contentsOf: pixels[start..<start + newWidth * 3])
        }
        return RGBImage(width: newWidth, height: newHeight, pixels: samples)
    }

    /// The middle of the picture as torchvision's `CenterCrop((height, width))`: zeros around a picture that is smaller,
    /// and halves of a pixel rounded to even.
    public func centerCropped(width newWidth: Int, height newHeight: Int) -> RGBImage {
        let padded = padded(toWidth: max(width, newWidth), height: max(height, newHeight))
        return padded.cropped(
            x: Self.centeredStart(newWidth, within: padded.width),
            y: Self.centeredStart(newHeight, within: padded.height), width: newWidth, height: newHeight)
    }

    /// Python's `int(round((whole - part) / 2.0))`, which takes a half to the even neighbour.
    static func centeredStart(_ part: Int, within whole: Int) -> Int {
        Int((Double(whole - part) / 2).rounded(.toNearestOrEven))
    }

    /// The picture in the middle of zeros; an odd remainder goes to the right and the bottom.
    private func padded(toWidth newWidth: Int, height newHeight: Int) -> RGBImage {
        if newWidth == width, newHeight == height { return self }
        let (left, top) = ((newWidth - width) / 2, (newHeight - height) / 2)
        var samples = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
        for row in 0..<height {
            let start = ((row + top) * newWidth + left) * 3
            samples.replaceSubrange(start..<start + width * 3, with: pixels[row * width * 3..<(row + 1) * width * 3])
        }
        return RGBImage(width: newWidth, height: newHeight, pixels: samples)
    }
}
