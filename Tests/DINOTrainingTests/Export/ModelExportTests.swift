import Checkpoints
import DINO
import DINOTraining
import Foundation
import Tensors
import TestSupport
import Testing

/// A training's checkpoint opens as a model, and becomes a model directory.
@Suite struct ModelExportTests {
    private let folder: EvaluationFolder
    private let trainer: Trainer
    private let checkpoint: URL
    private let compute: Compute
    private let pixels = Tensor(shape: [2, 3, 16, 16], scalars: (0..<1536).map { Float($0 % 31) / 15 - 1 })

    /// A network whose heads are not 64 wide, after one step, so that student and teacher differ.
    init() throws {
        folder = try EvaluationFolder()
        compute = try Compute(threads: 2)
        let recipe = Recipe.toy(width: 32, heads: 4, mlpRatio: 2, head: (16, 8, 16), locals: 0, batch: 2)
        trainer = try Trainer(recipe, on: compute)
        var generator = SeededGenerator(seed: 5)
        let crops = Tensor(
            shape: [4, 3, 16, 16], scalars: (0..<3072).map { _ in Float.random(in: -1...1, using: &generator) })
        let rates = Rates(learningRate: 0.01, weightDecay: 0, momentum: 0.9, teacherTemp: 0.04, lastLayerFrozen: false)
        _ = try trainer.step(
            CropBatch(step: 0, images: 2, groups: [CropGroup(size: 16, views: 2, pixels: crops)]), rates)
        checkpoint = folder.url.appending(path: "checkpoint.safetensors")
        var record = RunRecord(dataset: .init(source: "/data/photographs", images: 100), precision: .fp32)
        record.step = 1
        record.images = 2
        record.seconds = 5400
        let evaluation = Data(#"{"step": 1, "images": 2, "seconds": 5400, "knn": 0.5512}"#.utf8)
        record.evaluations = [try JSONDecoder().decode(RunRecord.Evaluation.self, from: evaluation)]
        try TrainingCheckpoint.write(trainer, record: record, to: checkpoint)
    }

    private func expectEqual(_ found: Tensor, _ expected: Tensor, within limit: Float = 1e-4) {
        #expect(found.shape == expected.shape)
        #expect(zip(found.scalars, expected.scalars).allSatisfy { abs($0 - $1) < limit })
    }

    @Test func aCheckpointOpensAsItsTeacherAndAsItsStudent() throws {
        let teacher = try Model.load(checkpoint.path, on: compute)
        let student = try Model.load(checkpoint.path, key: .student, on: compute)
        #expect(teacher.architecture == trainer.recipe.architecture)
        expectEqual(try teacher.transformer.forward(pixels).cls, trainer.teacherFeatures(pixels))
        expectEqual(try student.transformer.forward(pixels).cls, trainer.studentFeatures(pixels))
        #expect(trainer.teacherFeatures(pixels) != trainer.studentFeatures(pixels))
        #expect(teacher.fingerprint != student.fingerprint)
        #expect(teacher.preprocessing == Preprocessing(resize: 16, crop: 16))
    }

    @Test func theDirectoryHoldsTheTeacherAndSaysWhereItComesFrom() throws {
        let output = folder.url.appending(path: "tiny")
        let model = try Model.load(checkpoint.path, on: compute)
        try ModelExport.write(model, key: .teacher, to: output, measured: ["CIFAR-10": "60 %"])
        let written = try Model.load(output.path, on: compute)
        #expect(written.name == "tiny")
        #expect(written.architecture == model.architecture)
        #expect(written.manifest.sha256 == written.weightsSHA256)
        expectEqual(try written.transformer.forward(pixels).cls, trainer.teacherFeatures(pixels))
        let provenance = try #require(written.manifest.provenance)
        #expect(provenance["data"] == "photographs, 100 images")
        #expect(provenance["steps"] == "1" && provenance["images_seen"] == "2" && provenance["hours"] == "1.50")
        #expect(provenance["precision"] == "fp32")
        #expect(provenance["measured k-NN"]?.hasPrefix("55.12 %") == true)
        #expect(provenance["measured CIFAR-10"] == "60 %")
        #expect(provenance["recipe"]?.contains("width 32, depth 2, 4 heads, patch 4") == true)
        let names = try Checkpoint.open(output).tensors.keys
        #expect(Set(names) == Set(model.architecture.tensorShapes.keys))
    }

    @Test func halfPrecisionIsCloseAndHalfAsLarge() throws {
        let output = folder.url.appending(path: "half")
        try ModelExport.write(
            Model.load(checkpoint.path, on: compute), key: .teacher, to: output, name: "small", half: true)
        let written = try Model.load(output.path, on: compute)
        #expect(written.name == "small")
        #expect(try Checkpoint.open(output).tensors.values.allSatisfy { $0.scalarType == .float16 })
        expectEqual(try written.transformer.forward(pixels).cls, trainer.teacherFeatures(pixels), within: 0.05)
    }

    @Test func theStudentIsNamedAsSuch() throws {
        let output = folder.url.appending(path: "student")
        try ModelExport.write(
            Model.load(checkpoint.path, key: .student, on: compute), key: .student, to: output)
        let written = try Model.load(output.path, on: compute)
        expectEqual(try written.transformer.forward(pixels).cls, trainer.studentFeatures(pixels))
        #expect(written.manifest.provenance?["network"] != nil)
    }

    @Test func theCommandWritesWhatTheServerUnderstands() async throws {
        let output = folder.path("served")
        let (status, text) = try await Program.run(
            "export", checkpoint.path, "-o", output, "--half", "--measured", "CIFAR-10=61 %", of: "dino-train")
        #expect(status == 0, "\(text)")
        #expect(text.contains("model served, fingerprint "))
        let (served, facts) = try await Program.run("models", output)
        #expect(served == 0, "\(facts)")
        #expect(facts.contains("heads 4"))
        let (direct, same) = try await Program.run("models", checkpoint.path)
        #expect(direct == 0 && same.contains("heads 4"), "\(same)")
    }

    @Test func refusesAFigureWithoutAName() async throws {
        let (status, text) = try await Program.run(
            "export", checkpoint.path, "-o", folder.path("x"), "--measured", "61", of: "dino-train")
        #expect(status != 0)
        #expect(text.contains("KEY=VALUE"))
    }
}
