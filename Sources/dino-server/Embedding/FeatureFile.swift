import Checkpoints
import FeatureAPI
import Foundation
import ImageFiles

/// The writing of features, with the paths they belong to, in one of three formats.
enum FeatureFile {
    /// The formats, by extension.
    enum Format: String, CaseIterable {
        case npy, jsonl, safetensors

        /// The format that the extension of `path` names.
        init(path: String) throws {
            guard let format = Format(rawValue: URL(filePath: path).pathExtension.lowercased()) else {
                throw UnknownFormat(path: path)
            }
            self = format
        }
    }

    /// Writes the vectors that `journal` has of `files`, in their order, and gives their number; `width` is that of each.
    ///
    /// One vector is in memory at a time. The file appears whole or not at all.
    static func write(
        _ format: Format, journal: Journal, files: [String], width: Int, to path: String
    ) throws -> Int {
        let files = files.filter(journal.contains)
        if format == .npy { try write(names(files), to: path + ".json") }
        var output = try AtomicFile(path: path)
        try output.write(header(format, files: files, width: width, path: path))
        for file in files {
            guard let vector = try journal.vector(of: file) else { continue }
            guard vector.count == width else {
                throw FileError(path: file, reason: "the journal has \(vector.count) numbers of it, not \(width)")
            }
            try output.write(format == .jsonl ? line(file, vector) : vector.withUnsafeBytes { Array($0) })
        }
        try output.commit()
        return files.count
    }

    private static func header(
        _ format: Format, files: [String], width: Int, path: String
    ) throws -> [UInt8] {
        switch format {
        case .jsonl: []
        case .npy: NPY.header(shape: [files.count, width])
        case .safetensors:
            try Safetensors.header(
                [("features", [files.count, width])],
                metadata: ["files": String(decoding: names(files), as: UTF8.self)], scalarType: .float32, file: path)
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        var output = try AtomicFile(path: path)
        try output.write(bytes)
        try output.commit()
    }

    private static func names(_ files: [String]) throws -> [UInt8] { [UInt8](try encoder().encode(files)) }

    private static func line(_ file: String, _ vector: [Float]) throws -> [UInt8] {
        struct Line: Encodable {
            let file: String
            let embedding: [Float]
        }
        return [UInt8](try encoder().encode(Line(file: file, embedding: vector))) + [0x0A]
    }

    private static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

/// An output whose extension names no format.
struct UnknownFormat: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "\(path) has to end in " + FeatureFile.Format.allCases.map { ".\($0)" }.joined(separator: ", ") + "."
    }
}
