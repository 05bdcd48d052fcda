import Images
import Testing

/// JPEG files that lie.
@Suite struct HostileJPEGTests {
    @Test(
        arguments: [(65_500, 65_500), (20_000, 20_000), (16_385, 1), (1, 16_385), (8_000, 8_000)],
        ["ycc444.jpg", "progressive.jpg"])
    func refusesAnnouncedSizesFromTheHeader(size: (Int, Int), name: String) throws {
        var file = try JPEGFile(OwnFixtures.bytes(name))
        file.setSize(size.0, size.1)
        let error = ImageError.tooLarge(width: size.0, height: size.1, limits: ImageLimits())
        #expect(throws: error) { try ImageDecoder.info(file.bytes) }
        #expect(throws: error) { try ImageDecoder.decode(file.bytes) }
    }

    @Test(arguments: [(0, 23), (37, 0), (0, 0), (65_535, 1)])
    func refusesImpossibleSizes(size: (Int, Int)) throws {
        var file = try JPEGFile(OwnFixtures.bytes("ycc444.jpg"))
        file.setSize(size.0, size.1)
        #expect(throws: ImageError.self) { try ImageDecoder.decode(file.bytes) }
    }

    @Test(arguments: [(37, 24), (45, 23), (6_000, 6_000)], ["ycc444.jpg", "progressive.jpg", "cmyk.jpg"])
    func refusesMorePixelsThanTheDataHold(size: (Int, Int), name: String) throws {
        var file = try JPEGFile(OwnFixtures.bytes(name))
        file.setSize(size.0 == 37 ? 37 : size.0, size.1 == 24 ? 64 : size.1)
        #expect(throws: ImageError.self) { try ImageDecoder.decode(file.bytes) }
    }

    @Test func refusesMoreScansThanAllowed() throws {
        var file = try JPEGFile(OwnFixtures.bytes("progressive.jpg"))
        let scan = try #require(file.segments.last)
        file.segments += Array(repeating: scan, count: 2_000)
        #expect(throws: ImageError.tooCostly(.jpeg, message: "more progressive scans than allowed")) {
            try ImageDecoder.decode(file.bytes)
        }
    }

    @Test func acceptsAsManyScansAsAllowed() throws {
        let bytes = try OwnFixtures.bytes("progressive.jpg")
        let scans = JPEGFile(bytes).segments.filter { $0.marker == 0xDA }.count
        var limits = ImageLimits()
        limits.maximumJPEGScans = scans
        _ = try ImageDecoder.decode(bytes, limits: limits)
        limits.maximumJPEGScans = scans - 1
        #expect(throws: ImageError.self) { try ImageDecoder.decode(bytes, limits: limits) }
    }

    @Test func countsScansByTheirPixels() throws {
        let bytes = try OwnFixtures.bytes("progressive.jpg")
        let scans = JPEGFile(bytes).segments.filter { $0.marker == 0xDA }.count
        var limits = ImageLimits()
        limits.maximumJPEGScannedPixels = scans * 37 * 23
        _ = try ImageDecoder.decode(bytes, limits: limits)
        limits.maximumJPEGScannedPixels -= 1
        #expect(throws: ImageError.self) { try ImageDecoder.decode(bytes, limits: limits) }
    }

    @Test func refusesMoreMemoryThanAllowed() throws {
        var limits = ImageLimits()
        limits.maximumJPEGBytes = 100_000
        var file = try JPEGFile(OwnFixtures.bytes("progressive.jpg"))
        file.setSize(2_000, 2_000)
        #expect {
            try ImageDecoder.decode(file.bytes, limits: limits)
        } throws: { error in
            if case .tooCostly(.jpeg, _) = error as? ImageError { true } else { false }
        }
    }

    @Test func refusesWhatThePictureCannotBeMadeOf() throws {
        let bytes = try OwnFixtures.bytes("ycc444.jpg")
        var file = JPEGFile(bytes)
        let frame = try #require(file.frameIndex)
        file.segments[frame].content[0] = 12
        #expect(throws: ImageError.self, "12 bits a sample") { try ImageDecoder.decode(file.bytes) }
        let lossless = JPEGFile.Segment(marker: 0xC3, content: JPEGFile(bytes).segments[frame].content)
        file.segments[frame] = lossless
        #expect(throws: ImageError.self, "the lossless process") { try ImageDecoder.decode(file.bytes) }
        file = JPEGFile(bytes)
        file.segments.insert(file.segments[frame], at: frame)
        #expect(throws: ImageError.self, "two frames") { try ImageDecoder.decode(file.bytes) }
    }

    @Test func refusesArithmeticCoding() throws {
        var file = try JPEGFile(OwnFixtures.bytes("ycc444.jpg"))
        let frame = try #require(file.frameIndex)
        file.segments[frame] = .init(marker: 0xC9, content: file.segments[frame].content)
        #expect(throws: ImageError.unsupported(.jpeg, message: "arithmetic coding is not decoded")) {
            try ImageDecoder.decode(file.bytes)
        }
    }

    @Test func toleratesWhatDoesNotTouchThePicture() throws {
        let bytes = try OwnFixtures.bytes("ycc444.jpg")
        var file = JPEGFile(bytes)
        let comment = JPEGFile.Segment(marker: 0xFE, content: Array(repeating: 0xFF, count: 65_533))
        file.segments.insert(contentsOf: Array(repeating: comment, count: 60), at: 1)
        #expect(try ImageDecoder.decode(file.bytes) == ImageDecoder.decode(bytes))
    }

    @Test func refusesALongRunOfFillBytes() {
        #expect(throws: ImageError.self) {
            try ImageDecoder.decode([0xFF, 0xD8] + Array(repeating: 0xFF, count: 2_000_000))
        }
    }
}
