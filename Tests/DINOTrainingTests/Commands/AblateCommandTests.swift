import DINOTraining
import Foundation
import TestSupport
import Testing

/// What `dino-train ablate` writes, and what it answers to bad input.
@Suite struct AblateCommandTests {
    private func run(_ arguments: String...) async throws -> (status: Int32, text: String) {
        let program = try Program(["ablate"] + arguments, of: "dino-train")
        return (try await program.status(), program.text)
    }

    @Test func writesAFigureATableAndNumbers() async throws {
        let folder = try TrainFolder(photographs: 8)
        try folder.write(
            "recipe.json",
            Data(
                #"""
                {"network": {"embedDim": 16, "depth": 1, "heads": 2, "patchSize": 4}, "imageSize": 8, "batch": 4,
                 "crops": {"globalSize": 8, "localSize": 4}, "head": {"outDim": 16, "hidden": 16, "bottleneck": 8},
                 "warmupEpochs": 0.1, "epochs": 1, "freezeLastLayer": 0}
                """#.utf8))
        let output = folder.url.appending(path: "ablation")
        let result = try await run(
            folder.photographs, "-o", output.path, "--steps", "10", "--recipe",
            folder.url.appending(path: "recipe.json").path)
        // Ten steps of a toy prove no claim, and the program says so.
        #expect(result.status == 1, "\(result.text)")
        #expect(result.text.contains("without centring"))
        let names = try FileManager.default.contentsOfDirectory(atPath: output.path).sorted()
        #expect(names == ["ablation.json", "ablation.md", "ablation.svg"])
        let json = try String(contentsOf: output.appending(path: "ablation.json"), encoding: .utf8)
        #expect(json.contains(#""variant" : "no-momentum""#))
    }

    @Test func anUnknownTrainingIsNamedWithThoseThereAre() async throws {
        let result = try await run("nowhere", "-o", "nowhere", "--only", "full,no-such")
        #expect(result.status == 64)
        #expect(result.text.contains("no-such: choose from full, no-centering, no-sharpening, no-momentum"))
    }

    @Test func aFolderWithoutPhotographsIsASentence() async throws {
        let folder = try TrainFolder(photographs: 0)
        let result = try await run(folder.url.path, "-o", folder.url.appending(path: "out").path)
        #expect(result.status == 1)
        #expect(result.text.contains("there is no image"))
    }
}
