import Foundation
import ImageFiles
import TestSupport
import Testing

@Suite struct PhotographsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ names: [String]) throws {
        for (index, name) in names.enumerated() {
            try folder.write(name, PNGFile.gradient(side: 8, seed: UInt8(index)))
        }
    }

    private func reason(_ url: URL? = nil) -> String {
        do {
            _ = try Photographs.find(url ?? folder.url)
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func aFlatFolderHasNoClasses() throws {
        try write(["b.PNG", "a.jpg", "c.webp", "d.jpeg", "notes.txt", "jpg", ".jpg"])
        let found = try Photographs.find(folder.url)
        #expect(found.photographs.map(\.name) == ["a.jpg", "b.PNG", "c.webp", "d.jpeg"])
        #expect(found.classes.isEmpty && found.photographs.allSatisfy { $0.label == nil })
    }

    @Test func foldersBelowTheRootAreClasses() throws {
        try write(["dog/2.jpg", "cat/1.jpg", "dog/1.jpg", "empty/notes.txt"])
        let found = try Photographs.find(folder.url)
        #expect(found.classes == ["cat", "dog"])
        #expect(found.photographs.map(\.name) == ["cat/1.jpg", "dog/1.jpg", "dog/2.jpg"])
        #expect(found.photographs.map(\.label) == [0, 1, 1])
    }

    @Test func nestedFoldersCountByTheFirst() throws {
        try write(["cat/indoors/deep/1.jpg", "cat/2.jpg", "dog/outdoors/1.jpg"])
        let found = try Photographs.find(folder.url)
        #expect(found.classes == ["cat", "dog"])
        #expect(found.photographs.map(\.label) == [0, 0, 1])
    }

    @Test func aFileBesideTheFoldersMakesItFlat() throws {
        try write(["cat/1.jpg", "stray.jpg"])
        let found = try Photographs.find(folder.url)
        #expect(found.classes.isEmpty && found.photographs.count == 2)
    }

    @Test func hiddenFilesAndFoldersAreLeftOut() throws {
        try write(["cat/1.jpg", ".hidden/2.jpg", "cat/.3.jpg", "cat/._1.jpg"])
        #expect(try Photographs.find(folder.url).photographs.map(\.name) == ["cat/1.jpg"])
    }

    @Test func ofSeveralLinksToAFolderTheFirstByNameCounts() throws {
        try write(["z/1.jpg"])
        for index in 0..<20 {
            let link = folder.url.appending(path: "link\((index * 7 + 3) % 20 + 10)")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder.url.appending(path: "z"))
        }
        #expect(try Photographs.find(folder.url).photographs.map(\.name) == ["link10/1.jpg"])
    }

    @Test func aLinkInACircleEnds() throws {
        try write(["cat/1.jpg"])
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("cat/again"), withDestinationPath: folder.url.path)
        #expect(try Photographs.find(folder.url).photographs.map(\.name) == ["cat/1.jpg"])
    }

    @Test func aBrokenLinkIsListed() throws {
        try write(["cat/1.jpg"])
        try FileManager.default.createSymbolicLink(atPath: folder.path("cat/2.jpg"), withDestinationPath: "nowhere.jpg")
        let found = try Photographs.find(folder.url)
        #expect(found.photographs.count == 1)
        #expect(found.unreadable.map(\.name) == ["cat/2.jpg"])
    }

    @Test(.enabled(if: getuid() != 0)) func anUnreadableClassFolderIsListed() throws {
        try write(["cat/1.jpg", "dog/1.jpg"])
        let locked = folder.path("dog")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: locked)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: locked) }
        let found = try Photographs.find(folder.url)
        #expect(found.photographs.map(\.name) == ["cat/1.jpg"])
        #expect(found.unreadable.map(\.name) == ["dog"])
    }

    @Test func anEmptyFolderSaysWhatWasLookedForAndWhere() throws {
        try folder.write("notes.txt", Array("none".utf8))
        #expect(reason().contains(folder.url.lastPathComponent))
        #expect(reason().contains("there is no image: looked for .jpg, .jpeg, .png and .webp in this folder"))
    }

    @Test func aPlaceThatIsNotThereIsNamed() {
        let missing = folder.url.appending(path: "missing")
        #expect(reason(missing).contains("missing: it cannot be opened: No such file or directory"))
    }

    @Test func theBytesAreTheFiles() throws {
        let bytes = [UInt8](PNGFile.gradient(side: 8, seed: 77))
        try folder.write("a.png", bytes)
        #expect(try Photographs.find(folder.url).photographs[0].bytes() == bytes)
    }

    @Test func aFileThatIsGoneIsAnError() throws {
        let file = try folder.write("a.png", [1, 2, 3])
        let found = try Photographs.find(folder.url)
        try FileManager.default.removeItem(at: file)
        #expect(throws: FileError.self) { try found.photographs[0].bytes() }
    }
}
