import DINOTraining
import Foundation
import TestSupport
import Testing

/// What `dino-train train` answers to good and to bad input.
@Suite struct TrainCommandTests {
    private func run(_ arguments: [String], largestFile: Int? = nil) async throws -> (status: Int32, text: String) {
        let program = try Program(arguments, of: "dino-train", largestFile: largestFile)
        return (try await program.status(), program.text)
    }

    @Test func trainsAndLeavesItsFiles() async throws {
        let folder = try TrainFolder(photographs: 60)
        let result = try await run(
            folder.tiny("--knn_data", try folder.others(), "--saveckp_freq", "2", "--batch_size_per_gpu", "12"))
        #expect(result.status == 0, "\(result.text)")
        #expect(
            try folder.files == [
                "checkpoint.safetensors", "checkpoint0002.safetensors", "checkpoint0004.safetensors",
                "events.out.tfevents.dino-train", "log.jsonl", "report.html",
            ])
        let checkpoint = try TrainingCheckpoint(folder.checkpoint)
        #expect(checkpoint.record.step == 20)
        #expect(checkpoint.record.images == 240)
        #expect(checkpoint.record.evaluations.map(\.step) == [0, 20])
        #expect(result.text.contains("k-NN of the teacher"))
    }

    @Test func hyphensAreUnderscores() async throws {
        let spelled = ["--out-dim=64", "--local-crops-scale", "0.1", "0.3", "--warmup_epochs", "3"]
        let result = try await run(["train", "--print-recipe", "--preset", "small"] + spelled)
        #expect(result.status == 0, "\(result.text)")
        var expected = Recipe.small
        expected.head.outDim = 64
        expected.crops.localScale = .init(0.1, 0.3)
        expected.warmupEpochs = 3
        let differences = try Recipe(json: Data(result.text.utf8)).differences(from: expected)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func theDefaultsAreTheReferences() async throws {
        let result = try await run(["train", "--print_recipe"])
        #expect(try Recipe(json: Data(result.text.utf8)) == Recipe())
    }

    @Test func aRecipeComesFromAFileAndOptionsOverrideIt() async throws {
        let folder = try TrainFolder()
        try folder.write("recipe.json", Data(#"{"batch": 7, "hours": 2, "crops": {"localNumber": 3}}"#.utf8))
        let file = folder.url.appending(path: "recipe.json").path
        let result = try await run(
            [
                "train", "--print_recipe", "--recipe", file, "--epochs", "50", "--early", "0.5:96/48", "--arch",
                "vit_tiny",
            ])
        var expected = Recipe()
        expected.batch = 7
        expected.crops.localNumber = 3
        expected.crops.early = .init(until: 0.5, globalSize: 96, localSize: 48)
        expected.epochs = 50
        (expected.network.embedDim, expected.network.heads) = (192, 3)
        #expect(try Recipe(json: Data(result.text.utf8)).differences(from: expected) == [])
        let none = try await run(["train", "--print_recipe", "--preset", "small", "--early", "none"])
        #expect(try Recipe(json: Data(none.text.utf8)).crops.early == nil)
    }

    @Test(arguments: [
        (["--use_bn_in_head", "true"], "--use_bn_in_head true is not offered"),
        (["--epochs", "3", "--hours", "1"], "--epochs and --hours contradict each other"),
        (["--global_crops_scale", "0.5"], "--global_crops_scale takes two numbers"),
        (["--use_fp16", "true", "--precision", "fp32"], "contradict each other"),
        (["--knn_every", "0"], "--knn_every is 0.0, expected more than 0"),
        (["--log_steps", "0"], "--log_steps is 0, expected 1 or more"),
        (["--saveckp_freq=-1"], "--saveckp_freq is -1, expected 0 or more"),
        (["--resume", "--init", "x"], "--resume and --init contradict each other"),
        (["--data_path", "x"], "DATA and --data_path contradict each other"), (["--early", "half"], "'half'"),
        (["--outdim", "3"], "Unknown option '--outdim'"),
    ])
    func wrongOptionsEndWith64(_ options: [String], _ sentence: String) async throws {
        let folder = try TrainFolder()
        let arguments = ["train", folder.photographs, "-o", folder.output] + options
        let result = try await run(arguments)
        #expect(result.status == 64)
        #expect(result.text.contains(sentence), "\(result.text)")
        #expect(!FileManager.default.fileExists(atPath: folder.output))
    }

    @Test(arguments: [
        (["--warmup_epochs", "4"], "--warmup_epochs 4.0 leaves nothing of --epochs 4.0"),
        (["--patch_size", "5"], "do not"), (["--num_heads", "3"], "does not divide into 3 heads"),
        (["--batch_size_per_gpu", "16"], "there are 15 photographs"), (["--lr", "1e30"], "the loss of step"),
        (["--patch_size", "1", "--batch_size_per_gpu", "65536"], "this machine has"),
        (["--knn_data", "/nowhere"], "/nowhere"), (["--init", "/nowhere"], "/nowhere"),
        (["--recipe", "/nowhere"], "/nowhere: cannot be read"),
        (["--saveckp_freq", "9223372036854775807"], "--saveckp_freq is 9223372036854775807"),
        (["--clip_grad", "inf"], "must be finite"),
    ])
    func whatCannotBeTrainedEndsWith1(_ options: [String], _ sentence: String) async throws {
        let folder = try TrainFolder()
        let result = try await run(folder.tiny + options)
        #expect(result.status == 1)
        #expect(result.text.contains(sentence), "\(result.text)")
        #expect(!FileManager.default.fileExists(atPath: folder.checkpoint.path))
    }

    @Test func foldersWithoutEnoughPhotographsAreNamed() async throws {
        for count in [0, 1] {
            let folder = try TrainFolder(photographs: count)
            let result = try await run(folder.tiny)
            #expect(result.status == 1)
            #expect(result.text.contains(folder.photographs), "\(result.text)")
        }
        let folder = try TrainFolder(photographs: 0)
        for name in ["a.jpg", "b.png"] { try folder.write("photographs/\(name)", Data("no image".utf8)) }
        let corrupt = try await run(folder.tiny)
        #expect(corrupt.status == 1)
        #expect(corrupt.text.contains("a.jpg") || corrupt.text.contains(folder.photographs), "\(corrupt.text)")
    }

    @Test func corruptPhotographsAreListedAndLeftOut() async throws {
        let folder = try TrainFolder()
        try folder.write("photographs/even/broken.jpg", Data("no image".utf8))
        let result = try await run(folder.tiny)
        #expect(result.status == 0, "\(result.text)")
        #expect(result.text.contains("left out: even/broken.jpg"))
        #expect(try TrainingCheckpoint(folder.checkpoint).record.dataset.images == 15)
    }

    @Test func photographsAreNotTheirOwnNeighbors() async throws {
        let folder = try TrainFolder()
        let same = folder.photographs + "/../photographs/"
        for options in [["--knn_data", same], ["--knn_data", try folder.others(), "--knn_bank", try folder.others()]] {
            let result = try await run(folder.tiny + options)
            #expect(result.status == 1)
            #expect(result.text.contains("each would be its own"), "\(result.text)")
            #expect(!result.text.contains("decoding"), "before anything is decoded")
        }
    }

    @Test func aCollapseEndsWith3WhereAsked() async throws {
        let folder = try TrainFolder()
        let collapsing = folder.tiny(
            "--epochs", "24", "--lr", "0", "--min_lr", "0", "--teacher_temp", "10000", "--warmup_teacher_temp", "10000")
        let result = try await run(collapsing + ["--stop_on_collapse", "--save_steps", "40"])
        #expect(result.status == 3)
        #expect(result.text.contains("collapsed to the uniform answer"), "\(result.text)")
        #expect(result.text.contains("checkpoint-collapsed.safetensors; the last one before it is"), "\(result.text)")
        #expect(try TrainingCheckpoint(folder.checkpoint).record.step == 80)
        let resumed = try await run(["train", "-o", folder.output, "--resume"])
        #expect(resumed.status == 0, "without the option it only warns: \(resumed.text)")
    }

    @Test func aRunIsNotBegunOverAnother() async throws {
        let folder = try TrainFolder()
        #expect(try await run(folder.tiny).status == 0)
        let before = try Data(contentsOf: folder.checkpoint)
        let result = try await run(folder.tiny)
        #expect(result.status == 1)
        #expect(result.text.contains("go on with it (--resume)"))
        #expect(try Data(contentsOf: folder.checkpoint) == before)
    }

    @Test(arguments: [#""$@" 2>/dev/full"#, #""$@" 2>&1 >/dev/null | true"#])
    func aRunDoesNotEndWithThoseWhoReadItsLines(_ script: String) async throws {
        let folder = try TrainFolder()
        let program = try Program(folder.tiny, of: "dino-train", script: "ulimit -c 0; " + script)
        #expect(try await program.status() == 0, "\(program.text)")
        #expect(try TrainingCheckpoint(folder.checkpoint).record.step == 20)
    }

    /// A limit on the length of files stands in for a full disk: the write fails in the same place.
    @Test func aFullDiskLeavesTheLastCheckpointAndNothingElse() async throws {
        let folder = try TrainFolder()
        #expect(try await run(folder.tiny("--save_steps", "10")).status == 0)
        let before = try Data(contentsOf: folder.checkpoint)
        let blocks = before.count / 512 / 2  // the checkpoint does not fit, log and report do
        let full = try await run(
            ["train", "-o", folder.output, "--resume", "--epochs", "8", "--threads", "1"], largestFile: blocks)
        #expect(full.status == 1)
        #expect(full.text.contains("could not be saved, and is as it was"), "\(full.text)")
        #expect(try Data(contentsOf: folder.checkpoint) == before)
        #expect(try !folder.files.contains { $0.hasPrefix("checkpoint.safetensors.") })
        let resumed = try await run(["train", "-o", folder.output, "--resume", "--epochs", "8", "--threads", "1"])
        #expect(resumed.status == 0, "\(resumed.text)")
        #expect(try TrainingCheckpoint(folder.checkpoint).record.step == 40)
    }
}
