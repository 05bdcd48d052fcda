import Crypto
import Foundation

/// The identity of everything that changes an embedding.
enum Fingerprint {
    /// SHA-256 of a file as 64 hexadecimal digits. Reads it once, a mebibyte at a time.
    static func sha256(of url: URL) throws(ModelError) -> String {
        do {
            let file = try FileHandle(forReadingFrom: url)
            defer { try? file.close() }
            var hash = SHA256()
            while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty { hash.update(data: chunk) }
            return hex(hash.finalize())
        } catch {
            throw .notFound("cannot read \(url.path): \(error.localizedDescription)")
        }
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
