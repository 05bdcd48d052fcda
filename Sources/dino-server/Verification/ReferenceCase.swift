import Checkpoints
import DINO
import Foundation
import Tensors

/// One input of a reference file and the outputs the reference had for it.
struct ReferenceCase {
    /// `HEIGHTxWIDTH`, as in the file.
    let name: String
    /// `(B, 3, H, W)`
    let input: Tensor
    /// By the name after the slash.
    let outputs: [String: Tensor]

    /// The outputs that can be compared, in the order they are printed.
    static let known = ["cls", "patches", "register_tokens", "cls_attention", "penultimate_tokens", "mask60"]

    /// The cases of a file, by name.
    static func read(_ url: URL) throws -> [ReferenceCase] {
        var groups = [String: [String: StoredTensor]]()
        for stored in try TensorFile.open(url).tensors {
            let parts = stored.name.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[1] == "input" || known.contains(parts[1]) else {
                throw ReferenceError(what: "\(url.path): nothing is known to compare with \"\(stored.name)\"")
            }
            groups[parts[0], default: [:]][parts[1]] = stored
        }
        guard !groups.isEmpty else { throw ReferenceError(what: "\(url.path) holds no tensor") }
        return try groups.sorted { $0.key < $1.key }.map { name, tensors in
            guard let input = tensors["input"] else {
                throw ReferenceError(what: "\(url.path) has outputs for \(name), but no \(name)/input")
            }
            return ReferenceCase(
                name: name, input: try input.tensor(),
                outputs: try tensors.filter { $0.key != "input" }.mapValues { try $0.tensor() })
        }
    }

    /// How the model's outputs differ from the reference's.
    func compare(with transformer: VisionTransformer) throws -> [Comparison] {
        let features = try transformer.forward(
            input,
            outputs: FeatureOutputs(
                patches: outputs["patches"] != nil, registers: outputs["register_tokens"] != nil,
                clsAttention: outputs["cls_attention"] != nil || outputs["mask60"] != nil,
                lastBlocks: outputs["penultimate_tokens"] == nil ? 0 : 2))
        return try Self.known.compactMap { kind in
            guard let expected = outputs[kind] else { return nil }
            guard let computed = features.output(kind), computed.shape == expected.shape else {
                throw ReferenceError(
                    what: "\(name)/\(kind) has shape \(expected.shape), the model gives "
                        + (features.output(kind).map { "\($0.shape)" } ?? "none"))
            }
            return Comparison(
                name: "\(name)/\(kind)", computed: computed, expected: expected, isMask: kind == "mask60",
                limits: .of(transformer.precision, kind))
        }
    }
}

extension Features {
    /// The output under its name in reference files.
    fileprivate func output(_ name: String) -> Tensor? {
        switch name {
        case "cls": cls
        case "patches": patches
        case "register_tokens": registers
        case "cls_attention": clsAttention
        case "penultimate_tokens": lastBlocks.first
        case "mask60": clsAttention.map { $0.keepingMass(0.6) }
        default: nil
        }
    }
}

extension Tensor {
    /// The keep-mass mask of every row of an attention `(B, H, N)`.
    fileprivate func keepingMass(_ mass: Float) -> Tensor {
        guard let width = shape.last, width > 0 else { return self }
        let rows = stride(from: 0, to: count, by: width).map {
            AttentionMask.keepingMass(mass, of: scalars[$0..<$0 + width])
        }
        return Tensor(shape: shape, scalars: rows.flatMap { $0 })
    }
}

/// A reference file that does not fit the model or this program.
struct ReferenceError: Error, CustomStringConvertible {
    let what: String
    var description: String { what + "." }
}
