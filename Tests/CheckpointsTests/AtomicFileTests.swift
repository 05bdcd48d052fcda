import Checkpoints
import Foundation
import Testing

@Suite struct AtomicFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    @Test func deletesWhatAKilledProcessLeftAndNothingElse() throws {
        for name in [
            "images.pack.aB3xY9", "images.pack", "images.pack.notes", "other.pack.aB3xY9", "images.pack.aB3xY9.c",
        ] {
            try Data([1]).write(to: folder.url.appending(path: name))
        }
        AtomicFile.removeAbandoned(path: path("images.pack"))
        #expect(
            try folder.names
                == ["images.pack", "images.pack.aB3xY9.c", "images.pack.notes", "other.pack.aB3xY9"].sorted())
    }

    @Test func leavesWhatSomebodyIsWriting() throws {
        var file = try AtomicFile(path: path("images.pack"))
        try file.write([1, 2])
        AtomicFile.removeAbandoned(path: path("images.pack"))
        try file.write([3])
        try file.commit()
        #expect(try folder.names == ["images.pack"])
        #expect(try [UInt8](Data(contentsOf: folder.url.appending(path: "images.pack"))) == [1, 2, 3])
    }

    @Test func saysThatTheFileIsThereWhereOnlyItsFolderCouldNotBeFlushed() {
        let error = CheckpointError.unflushedFolder(file: "run/a", reason: "fsync failed on run: Input/output error")
        #expect(error.description.contains("run/a is written whole, but its folder could not be flushed"))
        #expect(error.description.contains("Input/output error"))
    }

    @Test func makesAFolderAndThoseAboveIt() throws {
        try DurableFolder.make(path("a/b/c"))
        try DurableFolder.make(path("a/b/c"))
        #expect(FileManager.default.fileExists(atPath: path("a/b/c")))
        try Data([1]).write(to: folder.url.appending(path: "file"))
        for name in ["file", "file/below"] {
            let error = #expect(throws: CheckpointError.self) { try DurableFolder.make(path(name)) }
            #expect(error?.description.contains("mkdir failed on") == true, "\(error as Any)")
        }
    }
}
