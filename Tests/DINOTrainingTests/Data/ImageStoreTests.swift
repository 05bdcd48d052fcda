import DINOTraining
import Foundation
import ImageFiles
import Images
import TestSupport
import Testing

@Suite struct ImageStoreTests {
    private let folder: TemporaryFolder
    private let cacheFolder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        cacheFolder = try TemporaryFolder()
    }

    private var cache: URL { cacheFolder.url.appending(path: "images.pack") }

    private func write(_ count: Int, side: Int = 12) throws {
        for index in 0..<count {
            let name = (index % 2 == 0 ? "cat/" : "dog/") + "\(index).png"
            try folder.write(name, PNGFile.gradient(side: side, seed: UInt8(index)))
        }
    }

    private func pack(side: Int? = nil, threads: Int = 2, cache: URL? = nil) throws -> ImageStore {
        try ImageStore.pack(Photographs.find(folder.url), side: side, threads: threads, cache: cache)
    }

    private func images(_ store: ImageStore) -> [RGBImage] { (0..<store.count).map(store.image) }

    private func reason(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func whatAKilledRunLeftOfACacheIsDeletedByTheNext() throws {
        try write(4)
        try cacheFolder.write("images.pack.aB3xY9", [UInt8](repeating: 7, count: 100))
        _ = try pack(cache: cache)
        #expect(try cacheFolder.names == ["images.pack"])
    }

    @Test func aFingerprintTellsNamesAndLengthsNotTheCache() throws {
        try write(4)
        let first = try pack(), again = try pack(side: 6, cache: cache)
        #expect(first.fingerprint != nil && first.fingerprint == again.fingerprint)
        try folder.write("dog/broken.png", [1, 2])
        #expect(try pack().fingerprint == first.fingerprint, "what gives no image is not trained on")
        try FileManager.default.moveItem(
            at: folder.url.appending(path: "cat/0.png"), to: folder.url.appending(path: "cat/9.png"))
        #expect(try pack().fingerprint != first.fingerprint)
    }

    @Test func imagesThatDoNotFitIntoMemoryAreRefused() throws {
        try write(4)
        let found = try Photographs.find(folder.url), image = 12 * 12 * 3
        #expect(try ImageStore.pack(found, side: nil, threads: 2, memory: 4 * image).count == 4)
        let reason = reason { _ = try ImageStore.pack(found, side: nil, threads: 2, memory: 3 * image) }
        #expect(reason.contains("3 of 4 fill this machine's memory") && reason.contains("--cache_side"), "\(reason)")
        #expect(try ImageStore.pack(found, side: nil, threads: 2, cache: cache, memory: 0).count == 4)
    }

    @Test func imagesComeInOrderWithTheirLabels() throws {
        try write(9)
        let found = try Photographs.find(folder.url)
        let store = try ImageStore.pack(found, side: nil, threads: 3)
        #expect(store.count == 9 && store.classes == ["cat", "dog"] && store.skipped.isEmpty)
        for (index, photograph) in found.photographs.enumerated() {
            #expect(try store.image(index) == ImageDecoder.decode(photograph.bytes()))
            #expect(store.label(index) == photograph.label)
        }
    }

    @Test func largeImagesShrinkToTheSideAndSmallOnesStay() throws {
        try folder.write("large.png", PNGFile.gradient(side: 30, seed: 1))
        try folder.write("small.png", PNGFile.gradient(side: 9, seed: 2))
        let whole = try pack(), limited = try pack(side: 16)
        #expect(limited.image(0) == whole.image(0).resized(shorterSide: 16, filter: .bicubic))
        #expect(limited.image(1) == whole.image(1))
    }

    @Test(arguments: [false, true])
    func corruptFilesAreListedAndTheOthersStay(cached: Bool) throws {
        try write(4)
        try folder.write("cat/broken.png", Array(PNGFile.gradient(side: 12, seed: 1).prefix(60)))
        try folder.write("dog/empty.jpg", [])
        try folder.write("dog/text.jpg", Array("hello".utf8))
        for _ in 0..<(cached ? 2 : 1) {
            let store = try pack(cache: cached ? cache : nil)
            #expect(store.count == 4)
            #expect(store.skipped.map(\.name) == ["cat/broken.png", "dog/empty.jpg", "dog/text.jpg"])
            #expect(store.skipped.allSatisfy { !$0.reason.isEmpty })
            #expect((0..<4).map(store.label) == [0, 0, 1, 1])
        }
    }

    @Test func allCorruptIsAnErrorThatNamesTheFirst() throws {
        try folder.write("a.jpg", Array("hello".utf8))
        try folder.write("b.jpg", [])
        let reason = reason { _ = try pack() }
        #expect(reason.contains("none of 2") && reason.contains("a.jpg"))
        #expect(self.reason { _ = try pack(cache: cache) } == reason)
        #expect(try cacheFolder.names.isEmpty)
    }

    @Test func aCacheGivesTheSameImagesWithoutTheFiles() throws {
        try write(7)
        let found = try Photographs.find(folder.url)
        let fresh = try ImageStore.pack(found, side: 10, threads: 2)
        let written = try ImageStore.pack(found, side: 10, threads: 2, cache: cache)
        for photograph in found.photographs { try FileManager.default.removeItem(atPath: folder.path(photograph.name)) }
        let read = try ImageStore.pack(found, side: 10, threads: 2, cache: cache)
        for store in [written, read] {
            #expect(images(store) == images(fresh))
            #expect(store.classes == fresh.classes)
            #expect((0..<7).map(store.label) == (0..<7).map(fresh.label))
        }
        #expect(try cacheFolder.names == ["images.pack"])
    }

    @Test func aStaleCacheIsMadeAnew() throws {
        try write(3)
        _ = try pack(cache: cache)
        // Another side, another file, another version of a file.
        #expect(try pack(side: 6, cache: cache).image(0).width == 6)
        #expect(try pack(cache: cache).image(0).width == 12)
        try folder.write("cat/zzz.png", PNGFile.gradient(side: 12, seed: 99))
        #expect(try pack(cache: cache).count == 4)
        try folder.write("cat/zzz.png", PNGFile.gradient(side: 12, seed: 98))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: folder.path("cat/zzz.png"))
        #expect(try images(pack(cache: cache)) == images(pack()))
    }

    @Test func aDamagedCacheIsMadeAnew() throws {
        try write(3)
        let expected = try images(pack(cache: cache))
        let whole = [UInt8](try Data(contentsOf: cache))
        for position in stride(from: 0, to: whole.count, by: 41) {
            var damaged = whole
            damaged[position] ^= 0x40
            try cacheFolder.write("images.pack", damaged)
            #expect(try images(pack(cache: cache)) == expected, "byte \(position)")
            #expect(try [UInt8](Data(contentsOf: cache)) == whole, "byte \(position) is repaired")
        }
        for length in [0, 1, 23, 24, 47, 48, 100, whole.count - 24, whole.count - 1] {
            try cacheFolder.write("images.pack", Array(whole.prefix(length)))
            #expect(try images(pack(cache: cache)) == expected, "\(length) bytes")
        }
    }

    @Test func aPlaceWithoutAFolderForTheCacheIsASentence() throws {
        try write(1)
        let reason = reason { _ = try pack(cache: cacheFolder.url.appending(path: "missing/images.pack")) }
        #expect(reason.contains("missing/images.pack") && reason.contains("cannot be kept there"))
    }

    @Test func progressCountsEveryPhotograph() throws {
        try write(5)
        var calls: [[Int]] = []
        _ = try ImageStore.pack(Photographs.find(folder.url), side: nil, threads: 2) { calls.append([$0, $1]) }
        #expect(calls == (1...5).map { [$0, 5] })
    }
}
