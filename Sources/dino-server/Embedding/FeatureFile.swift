import Checkpoints
import Foundation
import Tensors

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

    /// Writes the entries of `journal` in the order of `files`, and gives their number.
    static func write(_ format: Format, journal: Journal, files: [String], to path: String) throws -> Int {
        var vectors = [String: [Float]]()
        try journal.forEach { vectors[$0.file] = $0.vector }
        let rows = files.compactMap { file in vectors[file].map { (file: file, vector: $0) } }
        switch format {
        case .npy: try writeNPY(rows, to: path)
        case .jsonl: try writeLines(rows, to: path)
        case .safetensors: try writeSafetensors(rows, to: path)
        }
        return rows.count
    }

    private typealias Row = (file: String, vector: [Float])

    private static func tensor(_ rows: [Row]) -> Tensor {
        Tensor(shape: [rows.count, rows.first?.vector.count ?? 0], scalars: rows.flatMap(\.vector))
    }

    private static func names(_ rows: [Row]) throws -> Data { try JSONEncoder().encode(rows.map(\.file)) }

    private static func writeNPY(_ rows: [Row], to path: String) throws {
        try names(rows).write(
            to: URL(filePath: path).deletingPathExtension().appendingPathExtension("json"), options: .atomic)
        try Data(tensor(rows).npy).write(to: URL(filePath: path), options: .atomic)
    }

    private static func writeLines(_ rows: [Row], to path: String) throws {
        struct Line: Encodable {
            let file: String
            let embedding: [Float]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text = Data()
        for row in rows { text += try encoder.encode(Line(file: row.file, embedding: row.vector)) + Data([0x0A]) }
        try text.write(to: URL(filePath: path), options: .atomic)
    }

    private static func writeSafetensors(_ rows: [Row], to path: String) throws {
        try Safetensors.write(
            [("features", tensor(rows))], metadata: ["files": String(decoding: names(rows), as: UTF8.self)],
            to: URL(filePath: path))
    }
}

/// An output whose extension names no format.
struct UnknownFormat: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "\(path) has to end in " + FeatureFile.Format.allCases.map { ".\($0)" }.joined(separator: ", ") + "."
    }
}
