import Checkpoints
import DINOTraining
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct ReplayTests {
    @Test(.enabled(if: SharedFolder.isWanted))
    func fourStepsOfTheReferenceComeOutTheSame() throws {
        let folder = SharedFolder.url.appending(path: "fixtures/training")
        let replay = try Replay(
            reference: folder.appending(path: "dino-steps.safetensors"),
            configuration: folder.appending(path: "dino-steps.json"))
        var compared = 0
        try replay.run(on: Compute(threads: 2)) { difference in
            compared += 1
            #expect(difference.passes, "\(difference.name): \(difference.value) over \(difference.limit)")
        }
        #expect(compared > 100)
    }

    @Test(
        .enabled(if: SharedFolder.isWanted),
        arguments: [
            ("step1/grad.backbone.cls_token", true), ("final/student.backbone.norm.bias", true), ("step0/center", true),
            ("final/teacher.head.last_layer.weight_g", false),
        ])
    func whatARecordingLacksIsAFailureButForTheFixedGains(_ name: String, _ isFailure: Bool) throws {
        let folder = SharedFolder.url.appending(path: "fixtures/training"), temporary = try TemporaryFolder()
        let tensors = try TensorFile.open(folder.appending(path: "dino-steps.safetensors")).tensors
            .filter { $0.name != name }.map { (name: $0.name, tensor: try $0.tensor()) }
        let file = temporary.url.appending(path: "incomplete.safetensors")
        try Safetensors.write(tensors, to: file)
        let replay = try Replay(reference: file, configuration: folder.appending(path: "dino-steps.json"))
        var failures: [String] = []
        try replay.run(on: Compute(threads: 2)) { if !$0.passes { failures.append($0.name) } }
        #expect(failures == (isFailure ? ["\(name) (not in the recording)"] : []))
    }

    /// A recording is a file from elsewhere: what does not fit is a sentence.
    @Test(
        .enabled(if: SharedFolder.isWanted),
        arguments: [
            ("step0/global0", [12288], "expected (B, 3, S, S)"),
            ("step1/local2", [1, 3, 32, 32], "expected (B, 3, S, S)"),
            ("final/student.backbone.blocks.0.attn.qkv.bias", [191], "has 191 elements, expected 192"),
            ("step0/center", [1, 95], "has 95 elements, expected 96"),
        ])
    func aTensorOfAnotherShapeIsNamed(_ name: String, _ shape: [Int], _ part: String) throws {
        let folder = SharedFolder.url.appending(path: "fixtures/training"), temporary = try TemporaryFolder()
        let tensors = try TensorFile.open(folder.appending(path: "dino-steps.safetensors")).tensors.map { stored in
            (stored.name, stored.name == name ? Tensor(zeros: shape) : try stored.tensor())
        }
        let damaged = temporary.url.appending(path: "damaged.safetensors")
        try Safetensors.write(tensors.map { (name: $0.0, tensor: $0.1) }, to: damaged)
        let replay = try Replay(reference: damaged, configuration: folder.appending(path: "dino-steps.json"))
        let error = #expect(throws: TrainingError.self) { try replay.run(on: Compute(threads: 1)) { _ in } }
        let sentence = error?.description ?? "accepted"
        #expect(
            sentence.contains(part) && sentence.contains("'\(name.hasSuffix("2") ? "step1/local0" : name)'"),
            "\(sentence)")
    }
}
