extension ImageDecoder {
    /// How many decoded pixels a side keeps at least for each of the resize's, where decoding is fast.
    static let fastMargin = 2.0

    /// The middle of the resized picture of a whole file: the pixels of `decode(bytes).resized(rule)`, with less time and
    /// memory for a JPEG, which is resized while it is decoded. Blocking, as ``decode(_:limits:)`` is, and as strict with
    /// damaged files.
    ///
    /// Memory, beside libjpeg's own: for a JPEG the result's width times the rows of the original that it covers.
    /// Where rows are resampled before columns as they are stored, as in a file that is turned by a quarter, it is the
    /// columns that it covers times the result's rows, and twice the rows that one of the result is made of.
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
        let denominator = fast ? fastDenominator(of: info, resized: rule) : 1
        let reduction = JPEGReduction(of: info, by: resize, denominator: denominator)
        let pixels = try Codec.reduceJPEG(bytes, reduction, limits: limits)
        return RGBImage(width: reduction.columns.outputs, height: reduction.rows.outputs, pixels: pixels)
            .oriented(info.orientation).centerCropped(width: rule.width, height: rule.height)
    }

    /// What fast decoding divides the sides of a file by: the strongest of libjpeg's reductions, 8, 4 or 2, that leaves
    /// both at least twice as long as the resize makes them; 1 where all pixels are decoded, as of every file but a JPEG.
    public static func fastDenominator(of info: ImageInfo, resized rule: CenteredResize) -> Int {
        guard info.format == .jpeg else { return 1 }
        let (width, height) = info.uprightSize
        let resize = rule.resize(ofWidth: width, height: height)
        return [8, 4, 2].first { denominator in
            let least = fastMargin * Double(denominator)
            return Double(width) >= least * Double(resize.width) && Double(height) >= least * Double(resize.height)
        } ?? 1
    }
}
