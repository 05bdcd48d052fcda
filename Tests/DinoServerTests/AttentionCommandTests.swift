import Foundation
import Images
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct AttentionCommandTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func attend(_ arguments: String...) async throws -> (status: Int32, text: String) {
        let program = try Program(
            ["attention", "--model", workspace.model, "-o", workspace.path("out")] + arguments)
        return (try await program.status(), program.text)
    }

    @Test func writesEveryPictureAtThePhotographsSize() async throws {
        let file = try workspace.write("photo.png", PNGFile.gradient(side: 20, seed: 3))
        let (status, text) = try await attend(file)
        #expect(status == 0, "\(text)")
        let names = try FileManager.default.contentsOfDirectory(atPath: workspace.path("out")).sorted()
        #expect(names == ["head-0", "mask", "mean", "ncut", "overlay"].map { "photo-\($0).png" })
        for name in names {
            let data = try Data(contentsOf: URL(filePath: workspace.path("out/" + name)))
            let picture = try ImageDecoder.decode(Array(data))
            #expect(picture.width == 20 && picture.height == 20)
        }
    }

    @Test func reportsBadFilesAndGoesOn() async throws {
        let good = try workspace.write("a/good.png", Workspace.png), bad = try workspace.write("a/bad.png", "text")
        let (status, text) = try await attend(good, bad)
        #expect(status == 1)
        #expect(text.contains("\(bad): "))
        #expect(FileManager.default.fileExists(atPath: workspace.path("out/good-mean.png")))
    }

    @Test func refusesPicturesWithTheSameNames() async throws {
        let files = [
            try workspace.write("a/photo.png", Workspace.png), try workspace.write("b/photo.png", Workspace.png),
        ]
        let (status, text) = try await attend(files[0], files[1])
        #expect(status == 2)
        #expect(text.contains("same names"))
    }

    @Test func refusesAThresholdOfTwo() async throws {
        let (status, text) = try await attend("--threshold", "2", workspace.path("photo.png"))
        #expect(status == 64)
        #expect(text.contains("between 0 and 1"))
    }
}
