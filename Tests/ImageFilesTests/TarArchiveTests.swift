import Foundation
import ImageFiles
import TestSupport
import Testing

@Suite struct TarArchiveTests {
    private let folder: TemporaryFolder
    private let picture = [UInt8](PNGFile.gradient(side: 8, seed: 5))

    init() throws { folder = try TemporaryFolder() }

    private func find(_ tar: TarFile, name: String = "images.tar") throws -> Photographs {
        try Photographs.find(folder.write(name, tar.bytes))
    }

    private func reason(_ bytes: [UInt8], name: String = "images.tar") throws -> String {
        let file = try folder.write(name, bytes)
        do {
            _ = try Photographs.find(file)
            return "none"
        } catch {
            return error.description
        }
    }

    /// `tar` itself, in the formats it writes.
    @Test(arguments: ["gnu", "pax", "ustar", "v7"], [[".", "."], ["/", "data"]])
    func anArchiveEqualsItsFolder(format: String, place: [String]) throws {
        let long = String(repeating: "long", count: format == "v7" ? 5 : 20)
        let names = ["cat/1.png", "dog/a/2.png", "dog/\(long)/\(long).png"]
        for (index, name) in names.enumerated() {
            try folder.write("data/" + name, PNGFile.gradient(side: 8, seed: UInt8(index)))
        }
        let archive = folder.path("data.tar")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let from = place[0] == "." ? folder.path("data") : folder.url.path
        process.arguments = ["tar", "--format=\(format)", "-C", from, "-cf", archive, place[1]]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)

        let packed = try Photographs.find(URL(filePath: archive))
        let loose = try Photographs.find(folder.url.appending(path: "data"))
        #expect(packed.classes == loose.classes)
        #expect(packed.photographs.map(\.name) == loose.photographs.map(\.name))
        #expect(packed.photographs.map(\.label) == loose.photographs.map(\.label))
        #expect(try packed.photographs.map { try $0.bytes() } == loose.photographs.map { try $0.bytes() })
    }

    @Test func namesOfAllKindsAreRead() throws {
        let long = "cat/" + String(repeating: "x", count: 150) + ".png"
        let record = "path=dog/é.png\n"
        var tar = TarFile()
        tar.add("././@LongLink", Array(long.utf8) + [0], type: "L")
        tar.add("cat/xxx.png", picture)
        tar.add("PaxHeaders/1", Array("\(record.utf8.count + 3) \(record)".utf8), type: "x")
        tar.add("dog/e.png", picture)
        tar.add("1.png", picture, prefix: "bird/deep")
        tar.add("bird/", [], type: "5")
        tar.add("bird/link.png", [], type: "2")
        tar.add("./bird/.hidden.png", picture)
        tar.add("../outside.png", picture)
        tar.end()
        let found = try find(tar)
        #expect(found.photographs.map(\.name) == ["bird/deep/1.png", long, "dog/é.png"])
        #expect(try found.photographs.allSatisfy { try $0.bytes() == picture })
        #expect(found.unreadable.map(\.name) == ["bird/link.png", "./bird/.hidden.png", "../outside.png"])
        for (left, part) in zip(found.unreadable, ["is a link", "is hidden", "outside the archive's folder"]) {
            #expect(left.reason.contains(part), "\(left)")
        }
    }

    @Test func whatIsNoImageByItsNameIsLeftOutWithoutAWord() throws {
        var tar = TarFile()
        tar.add("cat/1.png", picture)
        tar.add("cat/../notes.txt", picture)
        tar.add(".DS_Store", picture)
        tar.add("folder.png/", [], type: "5")
        tar.add("link.txt", [], type: "2")
        tar.end()
        #expect(try find(tar).unreadable.isEmpty)
    }

    @Test func anArchiveOfLinksAloneSaysSo() throws {
        var tar = TarFile()
        tar.add("a.png", [], type: "2")
        tar.end()
        #expect(try reason(tar.bytes).contains("a.png cannot be read: it is a link"))
    }

    @Test func theLastOfSeveralEntriesOfOneNameCounts() throws {
        var tar = TarFile()
        tar.add("a.png", [1, 2, 3])
        tar.add("a.png", picture)
        tar.end()
        let found = try find(tar)
        #expect(found.photographs.count == 1)
        #expect(try found.photographs[0].bytes() == picture)
    }

    @Test func aTruncatedArchiveIsASentenceWhereverItEnds() throws {
        var tar = TarFile()
        tar.add("a.png", picture)
        tar.add("b.png", picture)
        for length in [1, 100, 511, 512, 600, 1023, 1024, 1500, tar.bytes.count] {
            let reason = try reason(Array(tar.bytes.prefix(length)))
            #expect(reason.contains("images.tar: "), "\(length) bytes: \(reason)")
            #expect(reason.contains("end"), "\(length) bytes: \(reason)")
        }
    }

    @Test func liesInAHeaderAreSentences() throws {
        var sizes = TarFile()
        sizes.add("a.png", picture, size: "77777777777")
        sizes.end()
        #expect(try reason(sizes.bytes).contains("goes on beyond its end"))

        var letters = TarFile()
        letters.add("a.png", picture, size: "0000000x000")
        letters.end()
        #expect(try reason(letters.bytes).contains("neither a folder nor a .tar archive"))

        var checksum = TarFile()
        checksum.add("a.png", picture)
        let second = checksum.bytes.count
        checksum.add("b.png", picture)
        checksum.end()
        var bytes = checksum.bytes
        bytes[second] ^= 1
        #expect(try reason(bytes).contains("its header at byte \(second) is wrong"))

        for record in ["99 path=a\n", "0 path=a\n", "-5 path=a\n", "12 size=-77\n", "20 size=99999999999\n"] {
            var pax = TarFile()
            pax.add("PaxHeaders/1", Array(record.utf8), type: "x")
            pax.add("a.png", picture)
            pax.end()
            #expect(try reason(pax.bytes).contains("cannot be used"), "\(record)")
        }
    }

    @Test func anArchiveOfRandomBytesNeverTraps() throws {
        var random = SeededGenerator(seed: 12)
        var tar = TarFile()
        tar.add("PaxHeaders/1", Array("15 path=b.png\n".utf8), type: "x")
        tar.add("a.png", picture)
        tar.end()
        for _ in 0..<300 {
            var bytes = tar.bytes
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<1536, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try reason(bytes)
        }
    }

    @Test func aCompressedArchiveSaysHowToUnpackIt() throws {
        let gzip = try reason([0x1F, 0x8B, 8, 0] + [UInt8](repeating: 7, count: 2000), name: "a.tar.gz")
        #expect(gzip.contains("compressed with gzip") && gzip.contains("unpack it first"))
        let xz = try reason([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 1, 2], name: "a.tar.xz")
        #expect(xz.contains("compressed with xz") && xz.contains("unxz"))
    }

    @Test func anArchiveWithoutImagesAndAPhotographSayWhatIsWrong() throws {
        var tar = TarFile()
        tar.add("notes.txt", picture)
        tar.end()
        #expect(try reason(tar.bytes).contains("there is no image"))
        #expect(try reason(picture, name: "a.png").contains("it ends at byte"))
        let large = [UInt8](PNGFile.gradient(side: 30, seed: 1))
        #expect(try reason(large, name: "b.png").contains("neither a folder nor a .tar archive"))
    }
}
