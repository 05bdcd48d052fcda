import Checkpoints
import DINO
import Foundation
import Tensors
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct EmbedTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func embed(_ output: String, _ paths: String...) async throws -> (status: Int32, text: String) {
        let program = try Program(["embed", "--model", workspace.model, "-o", workspace.path(output)] + paths)
        return (try await program.status(), program.text)
    }

    private func writeImages() throws -> String {
        _ = try workspace.write("images/b.png", Workspace.png)
        _ = try workspace.write("images/deep/a.PNG", Workspace.png)
        _ = try workspace.write("images/notes.txt", "no image")
        return workspace.path("images")
    }

    @Test func embedWritesEveryFormat() async throws {
        let folder = try writeImages()
        for name in ["features.npy", "features.jsonl", "features.safetensors"] {
            let (status, text) = try await embed(name, folder)
            #expect(status == 0, "\(text)")
            #expect(!FileManager.default.fileExists(atPath: workspace.path(name + ".partial")))
        }
        let files = [folder + "/b.png", folder + "/deep/a.PNG"]
        let array = try Data(contentsOf: URL(filePath: workspace.path("features.npy")))
        #expect(array.count == 128 + 2 * 64 * 4)
        let names = try Data(contentsOf: URL(filePath: workspace.path("features.npy.json")))
        #expect(try JSONDecoder().decode([String].self, from: names) == files)
        let lines = try String(contentsOfFile: workspace.path("features.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        let stored = try TensorFile.open(URL(filePath: workspace.path("features.safetensors")))
        let features = try #require(stored.tensors.first).tensor()
        #expect(features.shape == [2, 64])
        #expect(features.scalars.withUnsafeBytes { Data($0) } == array.dropFirst(128))
    }

    @Test func embedLeavesOtherFilesAlone() async throws {
        let other = try workspace.write("features.json", "precious")
        #expect(try await embed("features.npy", try writeImages()).status == 0)
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "precious")
    }

    @Test func embedReportsBadFilesAndGoesOn() async throws {
        let folder = try writeImages()
        let bad = try workspace.write("images/bad.jpg", "text")
        let (status, text) = try await embed("features.jsonl", folder)
        #expect(status == 1)
        #expect(text.contains("\(bad): "))
        #expect(text.contains("1 of 3 files"))
        let lines = try String(contentsOfFile: workspace.path("features.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
    }

    @Test func embedGoesOnWhereItWasStopped() async throws {
        let folder = try writeImages()
        #expect(try await embed("whole.jsonl", folder).status == 0)
        let model = try Model.load(workspace.model, on: Compute(threads: 1))
        let vector = [Float](repeating: 0.125, count: 64).withUnsafeBytes { Data($0).base64EncodedString() }
        let journal = """
            {"fingerprint":"\(model.fingerprint)","size":\(model.preprocessing.crop)}
            {"file":"\(folder)/b.png","embedding":"\(vector)"}
            {"file":"\(folder)/deep
            """
        _ = try workspace.write("features.jsonl.partial", journal)
        #expect(try await embed("features.jsonl", folder).status == 0)
        let lines = try ["whole", "features"].map {
            try String(contentsOfFile: workspace.path($0 + ".jsonl"), encoding: .utf8).split(separator: "\n")
        }
        #expect(lines[1].first?.contains("0.125,0.125") == true)
        #expect(lines[1].last == lines[0].last)
    }

    @Test func embedReportsWhatItDoesNotRead() async throws {
        let folder = try writeImages()
        let huge = try workspace.write("images/huge.jpg", Data())
        #expect(truncate(huge, 33 << 20) == 0)
        let pipe = workspace.path("images/pipe.jpg")
        #expect(mkfifo(pipe, 0o600) == 0)
        let (status, text) = try await embed("features.npy", folder)
        #expect(status == 1)
        #expect(text.contains("\(huge): it has 34603008 bytes, the limit is 33554432."))
        #expect(text.contains("\(pipe): it is no regular file."))
        let missing = try await embed("features.npy", workspace.path("nowhere"))
        #expect(missing.status == 2)
        #expect(missing.text.contains("nowhere: there is no such file or folder."))
    }

    @Test func embedSaysWhenThereIsNoImage() async throws {
        let folder = workspace.path("empty")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (status, text) = try await embed("features.npy", folder)
        #expect(status == 2)
        #expect(text.contains("under \(folder)"))
        #expect(!FileManager.default.fileExists(atPath: workspace.path("features.npy")))
    }

    @Test(arguments: ["", "{", "{\"finger"])
    func aRunStoppedInItsFirstLineIsBegunAnew(_ beginning: String) async throws {
        _ = try workspace.write("features.npy.partial", beginning)
        let (status, text) = try await embed("features.npy", try writeImages())
        #expect(status == 0, "\(text)")
    }

    @Test func linesThatAreNoEntriesAreComputedAgain() async throws {
        let folder = try writeImages()
        #expect(try await embed("whole.jsonl", folder).status == 0)
        let model = try Model.load(workspace.model, on: Compute(threads: 1))
        let journal =
            "{\"fingerprint\":\"\(model.fingerprint)\",\"size\":\(model.preprocessing.crop)}\n"
            + "\0\0\0\0\n{\"file\":\"\(folder)/b.png\"}\n"
        _ = try workspace.write("features.jsonl.partial", journal)
        #expect(try await embed("features.jsonl", folder).status == 0)
        #expect(try contents("features.jsonl") == contents("whole.jsonl"))
    }

    private func contents(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: workspace.path(name))) }

    @Test func twoRunsDoNotWriteOneOutput() async throws {
        let lock = open(workspace.path("features.npy.partial"), O_RDWR | O_CREAT, 0o644)
        #expect(flock(lock, LOCK_EX) == 0)
        let (status, text) = try await embed("features.npy", try writeImages())
        #expect(status == 2)
        #expect(text.contains("another run is writing it"))
        close(lock)
    }

    /// Writes so many different images, and gives their folder.
    private func writeImages(count: Int) throws -> String {
        for index in 0..<count {
            let name = "many/" + String(format: "%03d.png", index)
            _ = try workspace.write(name, PNGFile.gradient(side: 8, seed: UInt8(index)))
        }
        return workspace.path("many")
    }

    @Test func aKilledRunGoesOnAndWritesWhatAnUninterruptedOneWrites() async throws {
        // Large inputs, so that the run takes long enough to be killed in its middle.
        let options = ["--model", workspace.model, "--threads", "1", "--size", "128", try writeImages(count: 64)]
        let whole = try Program(["embed", "-o", workspace.path("whole.npy")] + options)
        #expect(try await whole.status() == 0)

        let output = workspace.path("features.npy")
        let killed = try Program(["embed", "-o", output] + options)
        while lineCount(output + ".partial") < 2 { try await Task.sleep(for: .milliseconds(1)) }
        killed.send(SIGKILL)
        #expect(try await killed.status() == -SIGKILL)
        #expect(!FileManager.default.fileExists(atPath: output))
        let done = lineCount(output + ".partial") - 1
        let resumed = try Program(["embed", "-o", output] + options)
        #expect(try await resumed.status() == 0)
        #expect(resumed.text.contains("64 images, \(done) of them from an earlier run"))
        #expect(try contents("features.npy") == contents("whole.npy"))
        #expect(try contents("features.npy.json") == contents("whole.npy.json"))
    }

    /// The limit on a file's length ends the run while it writes a line, as a full disk does.
    @Test(arguments: ["npy", "jsonl", "safetensors"])
    func aRunThatEndedInTheMiddleOfALineGoesOn(_ format: String) async throws {
        let folder = try writeImages(count: 60)
        #expect(try await embed("whole.\(format)", folder).status == 0)

        let output = workspace.path("features.\(format)")
        let arguments = ["embed", "--model", workspace.model, "-o", output, folder]
        let ended = try Program(arguments, largestFile: 8)
        #expect(try await ended.status() != 0)
        #expect(!ended.text.contains("NSCocoaErrorDomain"), "\(ended.text)")
        #expect(!FileManager.default.fileExists(atPath: output))
        let done = lineCount(output + ".partial") - 1
        #expect((1..<60).contains(done))
        let resumed = try Program(arguments)
        #expect(try await resumed.status() == 0)
        #expect(resumed.text.contains("60 images, \(done) of them from an earlier run"))
        #expect(try contents("features.\(format)") == contents("whole.\(format)"))
    }

    /// Whole lines of the file at `path`.
    private func lineCount(_ path: String) -> Int {
        (try? Data(contentsOf: URL(filePath: path)))?.count { $0 == 0x0A } ?? 0
    }

    @Test func embedRefusesTheJournalOfAnotherModel() async throws {
        _ = try workspace.write("features.npy.partial", "{\"fingerprint\":\"other\",\"size\":12}\n")
        let (status, text) = try await embed("features.npy", try writeImages())
        #expect(status == 2)
        #expect(text.contains("features.npy.partial"))
    }
}
