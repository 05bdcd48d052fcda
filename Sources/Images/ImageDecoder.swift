/// Bytes of a JPEG, PNG or WebP file to an upright RGB picture.
///
///     let image = try ImageDecoder.decode(bytes)
///     let input = image.resized(shorterSide: 256, croppedToWidth: 224, height: 224, filter: .bicubic)
///
/// Where nothing but the small picture is needed, ``decode(_:limits:resized:fast:)`` makes it with less time and memory.
///
/// The pixels are those of Pillow's `ImageOps.exif_transpose(image).convert("RGB")`: alpha is dropped without
/// compositing, colour profiles and gamma are ignored, four inks are read in the Adobe convention.
public enum ImageDecoder {
    /// Format, stored size and orientation, from the headers alone.
    ///
    /// Cost: one pass over the segment headers, no memory that depends on the picture.
    /// - Throws: ``ImageError`` for content of another kind, a broken header, or a size beyond the limits.
    public static func info(_ bytes: [UInt8], limits: ImageLimits = .init()) throws(ImageError) -> ImageInfo {
        guard !bytes.isEmpty else { throw .empty }
        guard let format = ImageFormat.sniff(bytes) else {
            throw .unknownFormat(appearance: ImageFormat.appearance(of: bytes))
        }
        let (width, height) = try Codec(format).size(bytes)
        try limits.check(width: width, height: height)
        return ImageInfo(
            format: format, width: width, height: height, orientation: EXIF.orientation(of: bytes, format: format))
    }

    /// The upright picture of a whole file. Blocking: milliseconds per megapixel, so call it off the cooperative pool.
    ///
    /// Memory: 3 bytes a pixel, as much again while a turned picture is set upright, and the decoder's own, which
    /// ``ImageLimits`` bounds for JPEG and which stays within 4 bytes a pixel for PNG and WebP.
    /// - Throws: ``ImageError``, also for files that decode only in part. A JPEG of one whole scan may lack its last
    ///   marker, and bytes behind the end of an image are ignored.
    public static func decode(_ bytes: [UInt8], limits: ImageLimits = .init()) throws(ImageError) -> RGBImage {
        let info = try info(bytes, limits: limits)
        let pixels = try Codec(info.format).decode(bytes, width: info.width, height: info.height, limits: limits)
        return RGBImage(width: info.width, height: info.height, pixels: pixels).oriented(info.orientation)
    }
}
