/// A JPEG taken apart into segments, to be put together with lies in it.
struct JPEGFile {
    /// A marker with its content: what the length counts, and for a scan the entropy-coded data that follow.
    struct Segment {
        let marker: UInt8
        var content: [UInt8]
        var scan: [UInt8] = []
    }

    var segments: [Segment] = []

    init(_ bytes: [UInt8]) {
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF, bytes[position + 1] != 0xD9 {
            let marker = bytes[position + 1]
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            let start = position + 2 + length
            var end = start
            if marker == 0xDA { while !Self.isSegment(bytes, at: end) { end += 1 } }
            let content = Array(bytes[position + 4..<start])
            segments.append(Segment(marker: marker, content: content, scan: Array(bytes[start..<end])))
            position = end
        }
    }

    /// Whether a marker other than a restart or a stuffed zero stands here.
    private static func isSegment(_ bytes: [UInt8], at position: Int) -> Bool {
        guard position + 1 < bytes.count else { return true }
        return bytes[position] == 0xFF && bytes[position + 1] != 0 && !(0xD0...0xD7).contains(bytes[position + 1])
    }

    /// The file's bytes.
    var bytes: [UInt8] {
        segments.reduce(into: [0xFF, 0xD8]) { bytes, segment in
            let length = segment.content.count + 2
            bytes += [0xFF, segment.marker, UInt8(length >> 8), UInt8(length & 255)] + segment.content + segment.scan
        } + [0xFF, 0xD9]
    }

    /// Where the frame header is.
    var frameIndex: Int? {
        segments.firstIndex { [0xC0, 0xC1, 0xC2].contains($0.marker) }
    }

    /// Puts another size into the frame header (ITU-T T.81, B.2.2).
    mutating func setSize(_ width: Int, _ height: Int) {
        guard let index = frameIndex else { return }
        let size = [height >> 8, height & 255, width >> 8, width & 255].map { UInt8($0) }
        segments[index].content.replaceSubrange(1..<5, with: size)
    }

    /// Puts an APP1 segment with EXIF data behind the start of the image.
    mutating func insertEXIF(_ block: [UInt8]) {
        segments.insert(Segment(marker: 0xE1, content: Array("Exif\0\0".utf8) + block), at: 0)
    }

    /// Says that luma, the first component, has so many samples across and down for each of the others, in half bytes.
    mutating func setLumaSampling(_ factors: UInt8) {
        guard let index = frameIndex else { return }
        segments[index].content[7] = factors
    }
}
