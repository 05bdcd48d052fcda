public import Foundation
public import Tensors

extension Safetensors {
    /// Writes tensors and metadata as a safetensors file that replaces `url` at once, or leaves it as it was.
    ///
    /// The bytes go to a new file beside it, are flushed to the disk, and take the name only then; the folder is
    /// flushed too, so that the file is there after a power loss.
    ///
    /// - Parameters:
    ///   - scalarType: `.float32`, or `.float16` and `.bfloat16` rounded to nearest, ties to even.
    ///   - url: the file; its folder exists.
    /// - Throws: `CheckpointError` where a name repeats, the type is another one, or the disk fails.
    public static func write(
        _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:],
        scalarType: ScalarType = .float32, to url: URL
    ) throws(CheckpointError) {
        let header = try header(
            tensors.map { ($0.name, $0.tensor.shape) }, metadata: metadata, scalarType: scalarType, file: url.path)
        var output = try AtomicFile(path: url.path)
        try output.write(header)
        for (_, tensor) in tensors {
            // A few megabytes at a time: the file is never in memory as a whole.
            for start in stride(from: 0, to: tensor.count, by: 1 << 20) {
                let chunk = tensor.scalars[start..<min(start + 1 << 20, tensor.count)]
                try output.write(encode(chunk, as: scalarType))
            }
        }
        try output.commit()
    }

    /// What comes before the tensors' own bytes, which follow in the same order without gaps.
    ///
    /// - Parameter file: the path, for errors.
    package static func header(
        _ tensors: [(name: String, shape: [Int])], metadata: [String: String], scalarType: ScalarType, file: String
    ) throws(CheckpointError) -> [UInt8] {
        guard [.float32, .float16, .bfloat16].contains(scalarType) else {
            throw .unsupported(
                file: file, what: "writing \(scalarType.rawValue)", advice: "Write float32, float16 or bfloat16.")
        }
        var names: Set<String> = ["__metadata__"]
        var lines: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }
            lines.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var position = 0
        for (name, shape) in tensors {
            guard names.insert(name).inserted else {
                throw .damagedTensor(file: file, tensor: name, reason: "the name is taken")
            }
            let end = position + shape.reduce(scalarType.itemSize, *)
            let extents = shape.map(String.init).joined(separator: ",")
            lines.append(
                "\(json(name)):{\"dtype\":\"\(scalarType.safetensorsName)\",\"shape\":[\(extents)],"
                    + "\"data_offsets\":[\(position),\(end)]}")
            position = end
        }
        var text = Array("{\(lines.joined(separator: ","))}".utf8)
        text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    /// A JSON string (RFC 8259 §7).
    private static func json(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func encode(_ scalars: ArraySlice<Float>, as type: ScalarType) -> [UInt8] {
        switch type {
        case .float16: bytes(scalars.map { Float16($0).bitPattern.littleEndian })
        case .bfloat16: bytes(scalars.map { BrainHalf.bits($0).littleEndian })
        default: bytes(scalars.map { $0.bitPattern.littleEndian })
        }
    }

    private static func bytes<Word>(_ words: [Word]) -> [UInt8] {
        words.withUnsafeBytes { [UInt8]($0) }
    }
}

extension BrainHalf {
    /// The nearest bfloat16, ties to even; a NaN stays one.
    static func bits(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
}
