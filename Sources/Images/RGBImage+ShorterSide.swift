extension RGBImage {
    /// The picture with its shorter side at a length and the other `int(length * longer / shorter)`, as torchvision's
    /// `Resize(shorterSide)` on a Pillow image.
    ///
    /// The longer side grows with the aspect ratio: for pictures from outside, whose ratio nobody bounds, use
    /// ``resized(shorterSide:croppedToWidth:height:filter:)``.
    public func resized(shorterSide: Int, filter: ResizeFilter) -> RGBImage {
        let size = size(withShorterSide: shorterSide)
        return resized(width: size.width, height: size.height, filter: filter)
    }

    /// The middle of ``resized(shorterSide:filter:)``, the same pixels without computing the others.
    ///
    /// Memory: the crop, and the crop's width times the rows of the original that it covers.
    public func resized(
        shorterSide: Int, croppedToWidth cropWidth: Int, height cropHeight: Int, filter: ResizeFilter
    ) -> RGBImage {
        let size = size(withShorterSide: shorterSide)
        let columns = Self.centeredRange(cropWidth, within: size.width)
        let rows = Self.centeredRange(cropHeight, within: size.height)
        return resized(width: size.width, height: size.height, columns: columns, rows: rows, filter: filter)
            .centerCropped(width: cropWidth, height: cropHeight)
    }

    /// The size whose shorter side has a length, the longer one rounded down.
    func size(withShorterSide length: Int) -> (width: Int, height: Int) {
        width <= height ? (length, length * height / width) : (length * width / height, length)
    }

    /// The part of a side that a centred crop keeps: all of it where the crop is longer.
    private static func centeredRange(_ part: Int, within whole: Int) -> Range<Int> {
        guard part < whole else { return 0..<whole }
        let start = centeredStart(part, within: whole)
        return start..<start + part
    }
}
