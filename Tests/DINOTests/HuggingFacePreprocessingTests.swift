import Checkpoints
import DINO
import Foundation
import Tensors
import Testing

/// What a Hugging Face folder's `preprocessor_config.json` makes of a photograph.
@Suite(.enabled(if: Fixtures.wanted)) struct HuggingFacePreprocessingTests {
    /// The rule of the reference folder with another `preprocessor_config.json` beside its weights.
    private func preprocessing(_ text: String) throws -> Preprocessing {
        let source = URL(fileURLWithPath: Fixtures.model("hf-vit-dino"))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hf-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["config.json", "model.safetensors"] {
            try FileManager.default.copyItem(
                at: source.appendingPathComponent(name), to: folder.appendingPathComponent(name))
        }
        try Data(text.utf8).write(to: folder.appendingPathComponent("preprocessor_config.json"))
        return try Model.load(folder.path, on: Compute(threads: 1)).preprocessing
    }

    private static let normalisation = #""image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.25, 0.3]"#

    @Test func theShorterSideAndASquareCrop() throws {
        let found = try preprocessing(
            #"{"size": {"shortest_edge": 248}, "crop_size": {"width": 224, "height": 224}, "resample": 3, \#(Self.normalisation)}"#
        )
        #expect(
            found
                == Preprocessing(
                    resize: 248, crop: 224, filter: .bicubic, mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.3]))
    }

    @Test func bothSidesAtOnce() throws {
        let found = try preprocessing(#"{"size": 224, "resample": 2, \#(Self.normalisation)}"#)
        #expect(found.fit == .squash && found.resize == 224 && found.crop == 224 && found.filter == .bilinear)
    }

    @Test(arguments: [
        (#""size": {"shortest_edge": 256}"#, "needs a crop"),
        (#""size": {"shortest_edge": 256}, "crop_size": {"width": 224, "height": 192}"#, "not square"),
        (#""size": {"width": 224, "height": 192}"#, "not square"),
        (#""size": 128, "crop_size": 224, "do_center_crop": true"#, "not possible"),
        (#""size": 224, "do_resize": false"#, "without a resize"),
        (#""size": 224, "rescale_factor": 1"#, "rescale_factor"),
        (#""size": 224, "resample": 0"#, "resample"),
    ])
    func whatCannotBeFollowedIsSaid(_ fields: String, _ word: String) throws {
        let said = message { try preprocessing("{\(fields), \(Self.normalisation)}") }
        #expect(said.contains(word), "\(said)")
    }
}
