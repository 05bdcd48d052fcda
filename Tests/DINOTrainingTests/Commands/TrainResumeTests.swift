import Checkpoints
import DINOTraining
import Foundation
import TestSupport
import Testing

/// The promise of resuming, kept by the real program.
@Suite(.serialized) struct TrainResumeTests {
    /// Steps slow enough, some 40 ms, that the program can be killed between the tenth and the twentieth.
    private func slow(_ folder: TrainFolder, threads: Int, workers: Int) -> [String] {
        folder.tiny(
            "--embed_dim", "192", "--num_heads", "3", "--depth", "4", "--global_crops_size", "32", "--local_crops_size",
            "16",
            "--save_steps", "10", "--threads", "\(threads)", "--num_workers", "\(workers)")
    }

    private func run(_ arguments: [String]) async throws -> (status: Int32, text: String) {
        let program = try Program(arguments, of: "dino-train")
        return (try await program.status(), program.text)
    }

    /// A checkpoint of step 10 whose run was killed on its way to the next.
    private func killed(threads: Int, workers: Int) async throws -> TrainFolder {
        for _ in 0..<5 {
            let folder = try TrainFolder()
            let program = try Program(slow(folder, threads: threads, workers: workers), of: "dino-train")
            _ = try await program.line(after: "step 10: saved")
            program.send(SIGKILL)
            #expect(try await program.status() == -SIGKILL)
            if try folder.content().step == 10 { return folder }
        }
        throw NeverKilled()
    }

    private struct NeverKilled: Error {}

    @Test func tenStepsAKillAndTenMoreAreTwentyAtAnyNumberOfThreads() async throws {
        let whole = try TrainFolder()
        let straight = try await run(slow(whole, threads: 1, workers: 1))
        #expect(straight.status == 0, "\(straight.text)")
        let expected = try whole.content()
        #expect(expected.step == 20)
        for (threads, workers) in [(1, 3), (2, 1)] {
            let folder = try await killed(threads: threads, workers: workers)
            let resumed = try await run(slow(folder, threads: 3 - threads, workers: workers + 1) + ["--resume"])
            #expect(resumed.status == 0, "\(resumed.text)")
            let content = try folder.content()
            #expect(content.step == 20)
            #expect(content.fields == expected.fields)
            #expect(content.tensors == expected.tensors)
            #expect(
                try !folder.files.contains { $0.hasPrefix("checkpoint.safetensors.") }, "what the kill left is gone")
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalSavesAndEndsWithZero(_ signal: Int32) async throws {
        let folder = try TrainFolder()
        let program = try Program(folder.tiny("--epochs", "100000", "--log_steps", "1"), of: "dino-train")
        while (try? folder.files.contains("log.jsonl")) != true { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(100))
        program.send(signal)
        #expect(try await program.status() == 0, "\(program.text)")
        #expect(program.text.contains("the same command with --resume goes on"))
        let step = try folder.content().step
        #expect(step > 0)
        let report = try String(contentsOfFile: folder.output + "/report.html", encoding: .utf8)
        #expect(report.contains("stopped at"))
    }

    @Test func aRunGoesOnWithoutItsOptions() async throws {
        let folder = try TrainFolder()
        #expect(try await run(folder.tiny).status == 0)
        let again = try await run(["train", "-o", folder.output, "--resume", "--epochs", "6"])
        #expect(again.status == 0, "\(again.text)")
        #expect(try folder.content().step == 30, "epochs may be raised")
    }

    @Test func theFolderIsTakenBeforeAnythingIsRead() async throws {
        let folder = try TrainFolder()
        let taken = try RunFolder(URL(fileURLWithPath: folder.output))
        try folder.write("output/checkpoint.safetensors", Data("half of what another run is writing".utf8))
        let result = try await run(["train", "-o", folder.output, "--resume"])
        #expect(result.status == 1)
        #expect(result.text.contains("another run writes here"), "\(result.text)")
        withExtendedLifetime(taken) {}
    }

    @Test func otherPhotographsOfTheSameNumberAreRefused() async throws {
        let folder = try TrainFolder()
        #expect(try await run(folder.tiny).status == 0)
        let before = try Data(contentsOf: folder.checkpoint)
        let photograph = folder.url.appending(path: "photographs/even/0.png")
        try FileManager.default.moveItem(at: photograph, to: folder.url.appending(path: "photographs/even/new.png"))
        let resume = ["train", "-o", folder.output, "--resume", "--epochs", "6"]
        let result = try await run(resume)
        #expect(result.status == 1)
        #expect(result.text.contains("15 photographs of their own size, of other names or lengths"), "\(result.text)")
        #expect(try Data(contentsOf: folder.checkpoint) == before)

        // A checkpoint of before the names were kept goes on, and keeps them from then on.
        let file = try TensorFile.open(folder.checkpoint)
        var metadata = file.metadata
        metadata["record"] = metadata["record"]?.replacing(/,"fingerprint":"[0-9a-f]+"/, with: "")
            .replacing(/"fingerprint":"[0-9a-f]+",/, with: "")
        let tensors = try file.tensors.map { (name: $0.name, tensor: try $0.tensor()) }
        try Safetensors.write(tensors, metadata: metadata, to: folder.checkpoint)
        #expect(try TrainingCheckpoint(folder.checkpoint).record.dataset.fingerprint == nil)
        let old = try await run(resume)
        #expect(old.status == 0, "\(old.text)")
        #expect(try TrainingCheckpoint(folder.checkpoint).record.dataset.fingerprint != nil)
    }

    @Test func withoutACheckpointThereIsNothingToGoOnWith() async throws {
        let folder = try TrainFolder()
        for options in [[], ["--print_recipe"]] {
            let result = try await run(folder.tiny + ["--resume"] + options)
            #expect(result.status == 1)
            #expect(result.text.contains("leave out --resume to begin one"), "\(result.text)")
            #expect(!FileManager.default.fileExists(atPath: folder.output))
        }
    }

    @Test func whatContradictsTheRunIsNamed() async throws {
        let folder = try TrainFolder()
        #expect(try await run(folder.tiny).status == 0)
        let before = try Data(contentsOf: folder.checkpoint)
        let resume = ["train", "-o", folder.output, "--resume"]
        for (options, part) in [
            (["--out_dim", "64"], "--out_dim asks for 64, but the run"),
            (["--epochs", "3"], "--epochs asks for 3.0 epochs"),
            (["--hours", "1"], "--hours asks for 1.0 hours"), (["--lr", "0.1"], "has 0.0005"),
            (["--preset", "small"], "--preset ("),
            (["--cache_side", "8"], "was trained on 15 photographs of their own size"),
        ] {
            let result = try await run(resume + options)
            #expect(result.status == 1)
            #expect(result.text.contains(part), "\(result.text)")
        }
        try folder.write("photographs/even/more.png", folder.photograph(99))
        let more = try await run(resume)
        #expect(more.status == 1)
        #expect(more.text.contains("15 photographs") && more.text.contains("16 photographs"), "\(more.text)")
        #expect(try Data(contentsOf: folder.checkpoint) == before)
        let none = try await run(["train", "-o", folder.output + "-absent", "--resume"])
        #expect(none.status == 1)
    }
}
