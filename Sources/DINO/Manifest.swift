import Checkpoints
public import Foundation

/// The contents of `model.json`: what the tensors of a model cannot say, and where it comes from.
///
/// Every key is optional; what is absent is inferred from the tensors or taken from the family's published defaults.
/// Keys that are not listed here are left alone.
public struct Manifest: Sendable, Equatable, Codable {
    /// A name to show; the folder's or file's own name when absent.
    public var name: String?
    /// The file with the weights, beside the manifest.
    public var weights: String?
    /// SHA-256 of that file, 64 hexadecimal digits; checked at load.
    public var sha256: String?
    /// The recipe.
    public var family: Architecture.Family?
    /// Width, `D`.
    public var embedDim: Int?
    /// Blocks.
    public var depth: Int?
    /// Heads, `H`: the one number that shapes cannot tell.
    public var heads: Int?
    /// The side of a patch in pixels.
    public var patch: Int?
    /// The side of the training images in pixels.
    public var trainSize: Int?
    /// Register tokens.
    public var registers: Int?
    /// The kind of feed-forward layers.
    public var ffn: Architecture.FeedForward?
    /// The number layer norms add to the variance.
    public var layerNormEps: Float?
    /// What is added to the new grid's side before the positional embedding's scale is computed: 0.1 or 0.
    public var interpolateOffset: Double?
    /// Whether the positional embedding is resized with antialiasing.
    public var antialias: Bool?
    /// How a photograph becomes an input.
    public var preprocessing: Preprocessing?
    /// Data, recipe, steps, seconds, measured figures: free text by key.
    public var provenance: [String: String]?

    /// An empty manifest: everything is inferred.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name, weights, sha256, family, depth, heads, patch, registers, ffn, antialias, preprocessing, provenance
        case embedDim = "embed_dim"
        case trainSize = "train_size"
        case layerNormEps = "layer_norm_eps"
        case interpolateOffset = "interpolate_offset"
    }

    /// The key of a safetensors file's metadata under which a training states the manifest of the model it makes.
    public static let metadataKey = "manifest"

    /// The manifest in a file.
    public static func read(_ url: URL) throws(ModelError) -> Manifest {
        do {
            return try decode(Data(contentsOf: url), file: url.path)
        } catch let error as ModelError {
            throw error
        } catch {
            throw .description(file: url.path, reason: "cannot be read: \(error.localizedDescription)")
        }
    }

    /// The manifest in a checkpoint's metadata; an empty one where there is none.
    init(metadata checkpoint: Checkpoint) throws(ModelError) {
        guard let text = checkpoint.metadata[Self.metadataKey] else {
            self.init()
            return
        }
        self = try Self.decode(Data(text.utf8), file: "\(checkpoint.url.path), manifest in its metadata")
    }

    private static func decode(_ data: Data, file: String) throws(ModelError) -> Manifest {
        do {
            return try JSONDecoder().decode(Manifest.self, from: data)
        } catch let error as DecodingError {
            throw .description(file: file, reason: sentence(error))
        } catch {
            throw .description(file: file, reason: "\(error)")
        }
    }

    /// The manifest as it is written to a file: sorted keys, one a line.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    private static func sentence(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            let key = context.codingPath.map(\.stringValue).joined(separator: ".")
            return key.isEmpty ? context.debugDescription : "\"\(key)\": \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
