import Foundation

/// The part of a Hugging Face `config.json` that changes an embedding, and of the `preprocessor_config.json` beside it.
public struct HuggingFaceConfig: Sendable, Equatable {
    /// `vit`, `dinov2` or `dinov2_with_registers`.
    public let modelType: String
    /// The width D.
    public let hiddenSize: Int
    /// The number of blocks.
    public let hiddenLayers: Int
    /// The number of heads H.
    public let attentionHeads: Int
    /// The epsilon of every layer norm.
    public let layerNormEpsilon: Float
    /// The side of the training image, in pixels.
    public let imageSize: Int
    /// The side of a patch, in pixels.
    public let patchSize: Int
    /// The number of register tokens.
    public let registerTokens: Int
    /// Whether the MLP is a SwiGLU.
    public let usesSwiGLU: Bool
    /// The preprocessing, where the folder states it.
    public let preprocessor: HuggingFacePreprocessor?
}

/// The part of a Hugging Face `preprocessor_config.json` that changes an embedding.
public struct HuggingFacePreprocessor: Sendable, Equatable {
    /// How a picture is brought to size.
    public enum Resize: Sendable, Equatable {
        /// The shorter side becomes so many pixels.
        case shortestEdge(Int)
        /// Both sides are set, without regard to the aspect ratio.
        case exact(width: Int, height: Int)
    }
    /// The resize, nil where none is done.
    public let resize: Resize?
    /// Pillow's filter number: 2 bilinear, 3 bicubic.
    public let resample: Int
    /// The centre crop as width and height, nil where none is done.
    public let crop: [Int]?
    /// What is subtracted from each channel after scaling to 0…1.
    public let mean: [Float]
    /// What each channel is divided by.
    public let std: [Float]
}

extension HuggingFaceConfig {
    /// The largest configuration file that is read, in bytes.
    private static let maximumBytes = 1 << 20

    /// The configuration in a folder.
    ///
    /// - Throws: `CheckpointError.configuration` where `config.json` is absent or describes another model.
    static func read(folder: URL) throws(CheckpointError) -> HuggingFaceConfig {
        let url = folder.appendingPathComponent("config.json")
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw .configuration(
                file: url.path, reason: "a Hugging Face checkpoint needs the config.json it was published with")
        }
        let fields: ConfigFields = try decode(url)
        let preprocessorURL = folder.appendingPathComponent("preprocessor_config.json")
        var preprocessor: HuggingFacePreprocessor?
        if FileManager.default.fileExists(atPath: preprocessorURL.path) {
            let fields: PreprocessorFields = try decode(preprocessorURL)
            preprocessor = try fields.preprocessor(file: preprocessorURL.path)
        }
        return try fields.config(preprocessor: preprocessor, file: url.path)
    }

    private static func decode<Fields: Decodable>(_ url: URL) throws(CheckpointError) -> Fields {
        let file = try MappedFile(path: url.path)
        guard file.count <= maximumBytes, let bytes = file.copy(0..<file.count) else {
            throw .limitExceeded(file: url.path, what: "the configuration", limit: maximumBytes)
        }
        do {
            return try JSONDecoder().decode(Fields.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw .configuration(file: url.path, reason: error.explanation)
        } catch {
            throw .configuration(file: url.path, reason: "it is not JSON")
        }
    }
}

extension DecodingError {
    /// Which key is wrong, and how.
    fileprivate var explanation: String {
        switch self {
        case .keyNotFound(let key, _): "it lacks \(quoted(key.stringValue))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is not a JSON object"
                : "\(quoted(context.codingPath.map(\.stringValue).joined(separator: "."))) has another type than expected"
        @unknown default: "it is not understood"
        }
    }
}
