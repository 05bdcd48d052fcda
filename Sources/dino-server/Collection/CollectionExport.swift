import Checkpoints
import FeatureAPI
import FeatureStorage
import Foundation
import ImageFiles

/// The writing of one generation's features and the images they belong to, a few at a time.
struct CollectionExport {
    let store: FeatureStore
    let generation: Generation

    /// The export of the features with a fingerprint, or of the active ones.
    init(store: FeatureStore, fingerprint: String?) throws {
        self.store = store
        let generations = try store.generations()
        if let fingerprint {
            generation = try generations.only(fingerprint)
        } else if let active = generations.first(where: { $0.state == .active }) {
            generation = active
        } else {
            throw NoGeneration(fingerprint: nil, generations: generations)
        }
    }

    /// Writes to a folder, or to a file whose name ends in .safetensors, and gives the number of rows. Blocking; memory
    /// is 8 bytes for each image.
    func write(to path: String) throws -> Int {
        if URL(filePath: path).pathExtension.lowercased() == "safetensors" {
            return try write(features: path, lines: path + ".jsonl") { rows in
                try Safetensors.header(
                    [("features", [rows, generation.model.dimensions])],
                    metadata: ["fingerprint": generation.model.fingerprint, "model": generation.model.name],
                    scalarType: .float32, file: path)
            }
        }
        var isFolder = ObjCBool(false)
        guard !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || isFolder.boolValue else {
            throw FileError(
                path: path, reason: "it is a file; name a folder, or a file whose name ends in .safetensors")
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(path: path, reason: "the folder cannot be made: \(error.localizedDescription)")
        }
        return try write(features: path + "/features.npy", lines: path + "/images.jsonl") { rows in
            NPY.header(shape: [rows, generation.model.dimensions])
        }
    }

    private func write(features: String, lines: String, header: (_ rows: Int) throws -> [UInt8]) throws -> Int {
        // The header says how many rows follow, so their ids are counted first; nobody else writes meanwhile.
        var ids = [Int64]()
        try store.forEachVector(of: generation.id) { id, _, _ in ids.append(id) }
        var output = try BufferedFile(path: features)
        try output.write(header(ids.count))
        var rows = 0
        try store.forEachVector(of: generation.id) { id, _, vector in
            guard vector.count == generation.model.dimensions else {
                throw FileError(
                    path: features, reason: "the feature of image \(id) is damaged; run `dino-server check`")
            }
            rows += 1
            try vector.withUnsafeBytes { try output.write($0) }
        }
        guard rows == ids.count else {
            throw FileError(path: features, reason: "the collection changed meanwhile; export it again")
        }
        try writeLines(of: ids, to: lines)
        try output.commit()
        return rows
    }

    private func writeLines(of ids: [Int64], to path: String) throws {
        var output = try BufferedFile(path: path)
        for start in stride(from: 0, to: ids.count, by: 500) {
            let page = Array(ids[start..<min(start + 500, ids.count)])
            let images = try store.images(page)
            for id in page {
                guard let image = images[id] else {
                    throw FileError(path: path, reason: "image \(id) is gone; run `dino-server check`")
                }
                var writer = JSONWriter()
                image.write(to: &writer)
                writer.newline()
                try output.write(writer.bytes)
            }
        }
        try output.commit()
    }
}

extension [Generation] {
    /// The generation with a fingerprint, or the only one with one that begins so.
    func only(_ fingerprint: String) throws(NoGeneration) -> Generation {
        if let exact = first(where: { $0.model.fingerprint == fingerprint }) { return exact }
        let found = filter { $0.model.fingerprint.hasPrefix(fingerprint) }
        guard let generation = found.first, found.count == 1, !fingerprint.isEmpty else {
            throw NoGeneration(fingerprint: fingerprint, generations: self)
        }
        return generation
    }
}

/// Features that are asked for and not there.
struct NoGeneration: Error, CustomStringConvertible {
    let fingerprint: String?
    let generations: [Generation]

    var description: String {
        guard let fingerprint else { return "The collection is empty: there are no features to search." }
        return "There are no features, or those of several models, with a fingerprint like \(fingerprint). There are: "
            + (generations.isEmpty ? "none" : generations.map(\.model.fingerprint).joined(separator: ", ")) + "."
    }
}
