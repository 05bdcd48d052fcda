import ArgumentParser
import FeatureSearch
import Foundation
import Tensors

/// The vectors of a search benchmark, and what another library finds among them.
struct SearchVectors {
    let dimensions: Int
    let queries: [[Float]]
    /// The rows of each query's nearest vectors; empty where nobody else was asked.
    let nearest: [[Int]]
    private let values: Data
    private let start: Int

    var count: Int { (values.count - start) / (4 * dimensions) }

    /// The vector of a row.
    func row(_ index: Int) -> [Float] { Self.floats(values, at: start + 4 * dimensions * index, dimensions) }

    /// Vectors that Python makes in a folder.
    init(python: String, folder: URL, count: Int, dimensions: Int, k: Int, threads: Int) throws {
        try Peers(python: python, folder: Peers.scriptsFolder).run(
            "make-search-vectors",
            [
                folder.path, "--n", "\(count)", "--dim", "\(dimensions)", "--k", "\(k)", "--threads", "\(threads)",
            ])
        self.dimensions = dimensions
        (values, start) = try Self.npy(folder.appendingPathComponent("vectors.npy"))
        let (asked, first) = try Self.npy(folder.appendingPathComponent("queries.npy"))
        queries = (0..<64).map { Self.floats(asked, at: first + 4 * dimensions * $0, dimensions) }
        let (rows, firstRow) = try Self.npy(folder.appendingPathComponent("nearest.npy"))
        nearest = rows.withUnsafeBytes { bytes in
            (0..<64).map { query in
                (0..<k).map {
                    Int(bytes.loadUnaligned(fromByteOffset: firstRow + 8 * (query * k + $0), as: Int64.self))
                }
            }
        }
    }

    /// Random vectors.
    init(count: Int, dimensions: Int) {
        // Not the system's, which is asked anew for each of hundreds of millions of numbers.
        var generator = SplitMix64(seed: 0)
        func unit() -> [Float] {
            // The sum of four uniform numbers is near enough to a normal one.
            let values = (0..<dimensions).map { _ in
                (0..<4).reduce(Float(0)) { sum, _ in sum + Float(2 * generator.uniform() - 1) }
            }
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return values.map { $0 / length }
        }
        self.dimensions = dimensions
        (queries, nearest, start) = ((0..<64).map { _ in unit() }, [], 0)
        var bytes = Data(capacity: 4 * dimensions * count)
        for _ in 0..<count { unit().withUnsafeBytes { bytes.append(contentsOf: $0) } }
        values = bytes
    }

    /// A file's bytes, and where its numbers begin: https://numpy.org/neps/nep-0001-npy-format.html
    private static func npy(_ file: URL) throws -> (Data, start: Int) {
        let data = try Data(contentsOf: file, options: .alwaysMapped)
        guard data.count > 10, data[0] == 0x93, data[6] == 1 else {
            throw ValidationError("\(file.path) is no npy file")
        }
        return (data, 10 + Int(data[8]) + 256 * Int(data[9]))
    }

    private static func floats(_ data: Data, at offset: Int, _ count: Int) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<count).map { bytes.loadUnaligned(fromByteOffset: offset + 4 * $0, as: Float.self) }
        }
    }
}

extension SearchVectors: VectorSource {
    /// The vectors of ids, which are the rows counted from one.
    func vectors(of ids: [Int64]) -> [Int64: [Float]] {
        Dictionary(uniqueKeysWithValues: ids.map { ($0, row(Int($0) - 1)) })
    }
}
