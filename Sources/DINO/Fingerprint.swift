package import Checkpoints
import Crypto
import Foundation

/// The identity of everything that changes an embedding.
package enum Fingerprint {
    /// SHA-256 of the mapped bytes as 64 hexadecimal digits: of the tensors that are read from them, even where another
    /// file has since been put at the path. Reads them once, a mebibyte at a time, and keeps none resident.
    package static func sha256(of file: MappedFile) -> String {
        var hash = SHA256()
        for start in stride(from: 0, to: file.count, by: 1 << 20) {
            let range = start..<min(start + (1 << 20), file.count)
            file.withBytes(range) { hash.update(bufferPointer: $0) }
            file.releasePages(range)
        }
        return hex(hash.finalize())
    }

    /// SHA-256 over the weights' own hash and every knob: architecture, positional rule, preprocessing, precision.
    ///
    /// Knobs are hashed as JSON with sorted keys, so the fingerprint is the same on every machine.
    static func of(weights: String, knobs: some Encodable) throws(ModelError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var hash = SHA256()
            hash.update(data: Data(weights.utf8))
            hash.update(data: try encoder.encode(knobs))
            return hex(hash.finalize())
        } catch {
            throw .description(file: "model.json", reason: "its numbers cannot be written as JSON: \(error)")
        }
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
