import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct PictureCommandTests {
    private let workspace: Workspace
    private let first: String, second: String

    init() throws {
        workspace = try Workspace()
        first = try workspace.write("photos/first.png", PNGFile.noise(side: 40, seed: 1))
        second = try workspace.write("photos/second.png", PNGFile.noise(side: 30, seed: 2))
    }

    /// Runs a command with the model.
    private func run(_ arguments: String...) async throws -> (status: Int32, text: String) {
        try await run(arguments)
    }

    private func run(_ arguments: [String]) async throws -> (status: Int32, text: String) {
        let program = try Program([arguments[0], "--model", workspace.model] + arguments.dropFirst())
        let status = try await program.status()
        return (status, program.text)
    }

    /// The size in a PNG's header.
    private func size(_ path: String) throws -> [Int] {
        let bytes = try Data(contentsOf: URL(filePath: workspace.path(path)))
        #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        return [16, 20].map { start in bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    }

    @Test func drawsTheComponentsOfAllFiles() async throws {
        let (status, text) = try await run(
            "pca", workspace.path("photos"), "-o", workspace.path("out"), "--size", "24")
        #expect(status == 0, "\(text)")
        #expect(text.contains("2 pictures") && text.contains("share of the variance"))
        #expect(try size("out/first-pca.png") == [24, 24] && size("out/second-pca.png") == [24, 24])
    }

    @Test func anEarlierBasisColorsTheSame() async throws {
        #expect(try await run("pca", first, second, "-o", workspace.path("a")).status == 0)
        let (status, text) = try await run(
            "pca", second, "-o", workspace.path("b"), "--basis", workspace.path("a/basis.json"))
        #expect(status == 0, "\(text)")
        for name in ["second-pca.png", "basis.json"] {
            #expect(
                try Data(contentsOf: URL(filePath: workspace.path("a/\(name)")))
                    == Data(contentsOf: URL(filePath: workspace.path("b/\(name)"))))
        }
    }

    @Test func refusesWhatIsNoBasis() async throws {
        let basis = try workspace.write("basis.json", "{\"mean\": 1}")
        let (status, text) = try await run("pca", first, "-o", workspace.path("out"), "--basis", basis)
        #expect(status == 2)
        #expect(text.contains("basis.json"))
    }

    @Test func reportsABadFileAndDrawsTheOthers() async throws {
        let bad = try workspace.write("photos/bad.png", "text")
        let (status, text) = try await run("pca", first, bad, second, "-o", workspace.path("out"))
        #expect(status == 1)
        #expect(text.contains(bad) && text.contains("1 of 3 files"))
        #expect(try size("out/second-pca.png") == [12, 12])
        #expect(!FileManager.default.fileExists(atPath: workspace.path("out/bad-pca.png")))
    }

    @Test func refusesFilesWhosePicturesWouldHaveOneName() async throws {
        let other = try workspace.write("more/first.png", PNGFile.noise(side: 20, seed: 3))
        let (status, text) = try await run("pca", first, other, "-o", workspace.path("out"))
        #expect(status == 2)
        #expect(text.contains(other))
    }

    @Test func drawsTheMatchesOfTwoImages() async throws {
        let (status, text) = try await run("match", first, second, "-o", workspace.path("out"), "--point", "20,20")
        #expect(status == 0, "\(text)")
        #expect(text.contains("pairs of patches"))
        // Both are shown 480 pixels high.
        #expect(try size("out/first-second-matches.png") == [968, 480])
        #expect(try size("out/first-second-map.png") == [968, 480])
    }

    @Test func refusesAPointOutsideTheFirstImage() async throws {
        let (status, text) = try await run("match", first, second, "-o", workspace.path("out"), "--point", "40,2")
        #expect(status == 2)
        #expect(text.contains("40 × 40 pixels"))
    }

    @Test func refusesOptionsItCannotHave() async throws {
        for option in [
            ["--point", "1"], ["--box", "1,2,1,4"], ["--ratio", "2"], ["--point", "1,1", "--box", "0,0,2,2"],
        ] {
            #expect(try await run(["match", first, second, "-o", workspace.path("out")] + option).status == 64)
        }
        #expect(try await run("pca", first, "-o", workspace.path("out"), "--components", "17").status == 64)
    }

    @Test(arguments: ["attention", "pca", "match"]) func saysInASentenceWhatCannotBe(_ command: String) async throws {
        let taken = try workspace.write("taken", "not a folder")
        for options in [["-o", taken], ["-o", workspace.path("out"), "--size", "99999"]] {
            let (status, text) = try await run([command, first, second] + options)
            #expect(status == 2)
            #expect(text.contains(options.contains(taken) ? "the folder cannot be made" : "The option \"size\" takes"))
            #expect(!text.contains("NSCocoaErrorDomain") && !text.contains("FeatureAPIError"), "\(text)")
        }
    }
}
