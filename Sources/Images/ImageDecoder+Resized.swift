extension ImageDecoder {
    /// How many decoded pixels a side keeps at least for each of the resize's, where decoding is fast.
    static let fastMargin = 2.0

    /// The middle of the resized picture of a whole file: the pixels of `decode(bytes).resized(rule)`, with less time and
    /// memory for a JPEG, which is resized while it is decoded. Blocking, as ``decode(_:limits:)`` is, and as strict with
    /// damaged files.
    ///
    /// Memory: for a JPEG in one scan the result's width times the rows of the original that it covers, or, where the file
    /// is turned by a quarter, the original's width times as many rows as one of the result is made of.
    /// - Parameter fast: Whether a JPEG that is much larger than the result is decoded at a half, a quarter or an eighth of
    ///   its size, as long as each side keeps twice what the resize makes of it. The pixels are then other ones: in
    ///   photographs by less than a level of 255 on average.
    /// - Throws: ``ImageError``, also for files that decode only in part.
    public static func decode(
        _ bytes: [UInt8], limits: ImageLimits = .init(), resized rule: CenteredResize, fast: Bool = false
    ) throws(ImageError) -> RGBImage {
        let info = try info(bytes, limits: limits)
        guard info.format == .jpeg else { return try decode(bytes, limits: limits).resized(rule) }
        let (width, height) = info.uprightSize
        let resize = rule.resize(ofWidth: width, height: height)
        let denominator = fast ? fastDenominator(width: width, height: height, resize: resize) : 1
        let reduction = JPEGReduction(of: info, by: resize, denominator: denominator)
        let pixels = try Codec.reduceJPEG(bytes, reduction, limits: limits)
        return RGBImage(width: reduction.columns.outputs, height: reduction.rows.outputs, pixels: pixels)
            .oriented(info.orientation).centerCropped(width: rule.width, height: rule.height)
    }

    /// The strongest of libjpeg's reductions that leaves both sides at least ``fastMargin`` times as long as the resize
    /// makes them.
    static func fastDenominator(width: Int, height: Int, resize: Resize) -> Int {
        [8, 4, 2].first { denominator in
            let least = fastMargin * Double(denominator)
            return Double(width) >= least * Double(resize.width) && Double(height) >= least * Double(resize.height)
        } ?? 1
    }
}
