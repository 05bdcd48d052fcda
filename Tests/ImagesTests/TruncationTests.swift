import Images
import Testing

/// Files cut short: an error at every place that matters, never part of a picture.
@Suite struct TruncationTests {
    @Test(arguments: OwnFixtures.names.filter { !$0.hasSuffix("jpg") })
    func refusesEveryPrefix(name: String) throws {
        let bytes = try OwnFixtures.bytes(name)
        for count in stride(from: 0, to: bytes.count, by: bytes.count > 2_000 ? 7 : 1) {
            #expect(throws: ImageError.self, "the first \(count) of \(bytes.count) bytes") {
                try ImageDecoder.decode(Array(bytes.prefix(count)))
            }
        }
        #expect(throws: ImageError.self) { try ImageDecoder.decode(bytes.dropLast()) }
    }

    @Test(arguments: OwnFixtures.names.filter { $0.hasSuffix("jpg") })
    func refusesEveryPrefixOfAJPEGThatLacksMoreThanItsLastMarker(name: String) throws {
        let bytes = try OwnFixtures.bytes(name)
        for count in 0..<bytes.count - 2 {
            #expect(throws: ImageError.self, "the first \(count) of \(bytes.count) bytes") {
                try ImageDecoder.decode(Array(bytes.prefix(count)))
            }
        }
    }

    @Test func acceptsAJPEGWhoseOnlyScanIsWhole() throws {
        let bytes = try OwnFixtures.bytes("ycc420.jpg")
        #expect(try ImageDecoder.decode(bytes.dropLast(2)) == ImageDecoder.decode(bytes))
    }

    @Test func refusesAProgressiveJPEGWithoutItsLastMarker() throws {
        let bytes = try OwnFixtures.bytes("progressive.jpg")
        #expect(throws: ImageError.damaged(.jpeg, message: "the file ends before its last scan")) {
            try ImageDecoder.decode(bytes.dropLast(2))
        }
    }

    @Test(.enabled(if: SharedFixtures.areUsable), arguments: SharedFixtures.names)
    func refusesPhotographsCutAnywhere(name: String) throws {
        let bytes = try SharedFixtures.bytes(name)
        let counts = Set((0..<40).map { bytes.count * $0 / 40 } + [bytes.count * 99 / 100, bytes.count - 3])
        for count in counts {
            #expect(throws: ImageError.self, "the first \(count) of \(bytes.count) bytes") {
                try ImageDecoder.decode(Array(bytes.prefix(count)))
            }
        }
    }

    @Test(arguments: OwnFixtures.names)
    func ignoresWhatFollowsTheImage(name: String) throws {
        let bytes = try OwnFixtures.bytes(name)
        #expect(try ImageDecoder.decode(bytes + Array(repeating: 0x41, count: 1_000)) == ImageDecoder.decode(bytes))
    }
}
