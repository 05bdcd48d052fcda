import Checkpoints
import DINOTraining
import Foundation
import TestSupport

/// A folder with photographs and a run's output, for the real `dino-train train`; deleted afterwards.
final class TrainFolder {
    let url: URL

    /// Photographs of 24 px, in two classes.
    init(photographs: Int = 15) throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dino-train-\(UUID().uuidString)")
        for index in 0..<photographs {
            try write("photographs/\(index % 2 == 0 ? "even" : "odd")/\(index).png", photograph(index))
        }
        try FileManager.default.createDirectory(
            at: url.appending(path: "photographs"), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func photograph(_ index: Int) -> Data {
        PNGFile.gradient(side: 24, seed: UInt8(truncatingIfNeeded: 17 * index + 3))
    }

    /// Photographs of the same classes that are not trained on.
    func others() throws -> String {
        for index in 0..<4 {
            try write("others/\(index % 2 == 0 ? "even" : "odd")/\(index).png", photograph(index + 60))
        }
        return url.appending(path: "others").path
    }

    var photographs: String { url.appending(path: "photographs").path }
    var output: String { url.appending(path: "output").path }
    var checkpoint: URL { url.appending(path: "output/checkpoint.safetensors") }

    func write(_ name: String, _ data: Data) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    /// The names of the files the run left.
    var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: output).sorted() } }

    /// Twenty steps of the smallest network: four epochs of five.
    var tiny: [String] {
        [
            "train", photographs, "-o", output, "--embed_dim", "16", "--depth", "2", "--num_heads", "2", "--patch_size",
            "4",
            "--global_crops_size", "16", "--local_crops_size", "8", "--local_crops_number", "2", "--out_dim", "32",
            "--head_hidden", "24", "--head_bottleneck", "16", "--batch_size_per_gpu", "3", "--epochs", "4",
            "--warmup_epochs", "1", "--precision", "fp32", "--threads", "1",
        ]
    }

    /// The options with others behind them, which count.
    func tiny(_ more: String...) -> [String] { tiny + more }

    /// What is in a checkpoint but for how long it took: the tensors' bytes, and fields.
    func content() throws -> (tensors: Data, fields: [String: String], step: Int) {
        let data = try Data(contentsOf: checkpoint)
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var fields = try TensorFile.open(checkpoint).metadata
        fields["record"] = nil
        fields["manifest"] = nil
        return (data.dropFirst(8 + length), fields, try TrainingCheckpoint(checkpoint).record.step)
    }
}
