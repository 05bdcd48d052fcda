import Checkpoints
import DINOTraining
import Foundation
import Tensors
import Testing

@Suite struct TrainingCheckpointTests {
    let run: TinyRun

    init() throws { run = try TinyRun() }

    /// The state of a run after seven steps, and its trainer.
    private func trained(_ recipe: Recipe = TinyRun.recipe) throws -> Trainer {
        let outcome = try run.ran(recipe, until: 7)
        #expect(outcome.ending == .stopped)
        return outcome.trainer
    }

    @Test(arguments: Recipe.Optimizer.allCases)
    func givesBackTheStateBitForBit(_ optimizer: Recipe.Optimizer) throws {
        var recipe = TinyRun.recipe
        recipe.optimizer = optimizer
        recipe.crops.early = .init(until: 0.5, globalSize: 8, localSize: 4)
        recipe.learningRate = 0.1 + 0.2
        let trainer = try trained(recipe)
        let checkpoint = try TrainingCheckpoint(run.checkpoint)
        #expect(checkpoint.recipe == recipe)
        let other = try Trainer(recipe, on: Compute(threads: 1))
        #expect(other.bits != trainer.bits)
        try checkpoint.restore(other)
        #expect(other.bits == trainer.bits)
        #expect(other.updates == trainer.updates)
        #expect(Set(other.updates) == (recipe.head.normLastLayer ? [0, 2, 7] : [2, 7]), "frozen for five steps")
        #expect(other.step == 7)
        #expect(checkpoint.record.images == 21)
    }

    @Test func namesTensorsAsTheReferenceDoes() throws {
        _ = try trained()
        let names = Set(try TensorFile.open(run.checkpoint).tensors.map(\.name))
        #expect(
            names.isSuperset(of: [
                "student.backbone.blocks.1.attn.qkv.weight", "teacher.backbone.cls_token",
                "teacher.head.last_layer.weight_v",
                "optimizer.first.backbone.pos_embed", "optimizer.second.head.mlp.0.bias", "center",
            ]))
    }

    /// The file with changes, written anew.
    private func rewrite(
        _ change: (inout [(name: String, tensor: Tensor)], inout [String: String]) -> Void
    ) throws {
        let file = try TensorFile.open(run.checkpoint)
        var tensors = try file.tensors.map { (name: $0.name, tensor: try $0.tensor()) }, metadata = file.metadata
        change(&tensors, &metadata)
        try Safetensors.write(tensors, metadata: metadata, to: run.checkpoint)
    }

    /// The sentence with which the file is refused.
    private func refusal(of recipe: Recipe = TinyRun.recipe) throws -> String {
        let trainer = try Trainer(recipe, on: Compute(threads: 1)), before = trainer.bits
        do throws(TrainingError) {
            try TrainingCheckpoint(run.checkpoint).restore(trainer)
        } catch {
            #expect(error.description.contains(run.checkpoint.path))
            return error.description
        }
        #expect(trainer.bits == before, "nothing was refused")
        return ""
    }

    @Test func namesTheTensorThatDoesNotFit() throws {
        _ = try trained()
        try rewrite { tensors, _ in tensors.removeAll { $0.name == "teacher.backbone.cls_token" } }
        #expect(try refusal().contains("'teacher.backbone.cls_token' is missing"))
        _ = try trained()
        try rewrite { tensors, _ in tensors.append(("extra", Tensor(zeros: [1]))) }
        #expect(try refusal().contains("'extra' is none of this recipe's tensors"))
        _ = try trained()
        try rewrite { tensors, _ in
            guard let index = tensors.firstIndex(where: { $0.name == "optimizer.second.backbone.norm.bias" }) else {
                return
            }
            tensors[index].tensor.scalars[3] = .nan
        }
        #expect(try refusal().contains("'optimizer.second.backbone.norm.bias' holds a number that is not finite"))
    }

    /// A trainer of such a recipe would take memory before anybody saw that the file is none of its.
    @Test func aRecipeThatIsNotTheTensorsIsRefusedBeforeATrainerIsMade() throws {
        _ = try trained()
        try rewrite { _, metadata in
            metadata["recipe"] = metadata["recipe"]?.replacing(#""outDim":32"#, with: #""outDim":1048576"#)
                .replacing(#""batch":3"#, with: #""batch":65536"#)
        }
        let error = #expect(throws: TrainingError.self) { try TrainingCheckpoint(run.checkpoint) }
        #expect(error?.description.contains("has shape [32, 1], expected [1048576, 1]") == true, "\(error as Any)")
    }

    @Test func goesOnFromAFileOfBeforePhotographsAndGuardWereKept() throws {
        _ = try trained()
        try rewrite { _, metadata in
            metadata["record"] =
                #"{"dataset":{"images":15,"source":"invented"},"evaluations":[],"images":21,"precision":"fp32","seconds":1,"step":7}"#
        }
        let record = try TrainingCheckpoint(run.checkpoint).record
        #expect(record.dataset.fingerprint == nil)
        #expect(try run.ran(resume: true).trainer.step == 20)
    }

    @Test func saysWhatHoldsWhereAFileWasWrittenAndItsFolderNotFlushed() {
        let unflushed = TrainingCheckpoint.failure(
            .unflushedFolder(file: "run/checkpoint.safetensors", reason: "fsync failed"), run.checkpoint)
        #expect(unflushed.description.contains("was saved, but may not outlive a power loss"))
        let failed = TrainingCheckpoint.failure(
            .system(call: "write", path: "run", reason: "No space left on device"), run.checkpoint)
        #expect(failed.description.contains("could not be saved, and is as it was"))
    }

    @Test func refusesAnotherShape() throws {
        _ = try trained()
        var recipe = TinyRun.recipe
        recipe.head.outDim = 48
        #expect(try refusal(of: recipe).contains("has shape [32, 1], expected [48, 1]"))
    }

    @Test(
        arguments: [
            ("format", nil, "is no checkpoint of a training"), ("version", "2", "has format version 2, expected 1"),
            ("recipe", "{", "'recipe' is damaged"), ("recipe", #"{"batch": 0}"#, "the batch is 0"),
            ("record", #"{"step": 7}"#, "'record' is damaged"), ("record", nil, "'record' is missing"),
            ("updates", "{}", "'updates' says nothing of"),
        ] as [(String, String?, String)])
    func namesTheFieldThatDoesNotFit(_ field: String, _ value: String?, _ sentence: String) throws {
        _ = try trained()
        try rewrite { _, metadata in metadata[field] = value }
        #expect(try refusal().contains(sentence))
    }

    @Test func refusesCountsThatTheNextStepWouldOverflow() throws {
        _ = try trained()
        try rewrite { _, metadata in
            metadata["record"] = metadata["record"]?.replacing(#""images":21"#, with: #""images":9223372036854775807"#)
        }
        #expect(try refusal().contains("'record' and 'updates' contradict each other"))
    }

    @Test func refusesAFileCutShort() throws {
        _ = try trained()
        let bytes = try Data(contentsOf: run.checkpoint)
        for length in [0, 5, 300, bytes.count - 1] {
            try bytes.prefix(length).write(to: run.checkpoint)
            #expect(try !refusal().isEmpty)
        }
    }

    @Test func leavesTheLastFileWhereTheNextCannotBeWritten() throws {
        let trainer = try trained(), before = try Data(contentsOf: run.checkpoint)
        let folder = run.folder.appending(path: "absent/checkpoint.safetensors")
        #expect(throws: TrainingError.self) {
            try TrainingCheckpoint.write(
                trainer, record: RunRecord(dataset: TinyRun.dataset, precision: .fp32), to: folder)
        }
        #expect(try Data(contentsOf: run.checkpoint) == before)
    }

    @Test func startsFromATeacherOrAnyModelWithAFreshHead() throws {
        let source = try trained(), fresh = try Trainer(TinyRun.recipe, on: Compute(threads: 1))
        let head = fresh.bits["student.head.mlp.0.weight"]
        let bare = run.folder.appending(path: "bare.safetensors")
        let tensors = source.state.filter { $0.name.hasPrefix("teacher.backbone.") }
            .map { (name: String($0.name.dropFirst("teacher.backbone.".count)), tensor: $0.tensor) }
        try Safetensors.write(tensors, to: bare)
        for file in [run.checkpoint, bare] {
            let trainer = try Trainer(TinyRun.recipe, on: Compute(threads: 1))
            try trainer.initialize(from: file)
            let name = "backbone.blocks.0.mlp.fc1.weight"
            #expect(trainer.bits["student.\(name)"] == source.bits["teacher.\(name)"])
            #expect(trainer.bits["teacher.\(name)"] == source.bits["teacher.\(name)"])
            #expect(trainer.bits["student.head.mlp.0.weight"] == head)
            #expect(trainer.step == 0)
        }
        var recipe = TinyRun.recipe
        recipe.network.embedDim = 24
        let other = try Trainer(recipe, on: Compute(threads: 1))
        #expect(throws: TrainingError.self) { try other.initialize(from: bare) }
    }
}
