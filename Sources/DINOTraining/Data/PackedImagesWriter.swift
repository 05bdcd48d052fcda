import Checkpoints
import Foundation
import ImageFiles
import Images

/// A file of packed images being written; it appears under its name with `commit`, or not at all.
struct PackedImagesWriter: ~Copyable {
    private let path: String
    private var file: AtomicFile
    private var index: [UInt8] = []
    private var count = 0

    private init(path: String, file: consuming AtomicFile) {
        self.path = path
        self.file = file
    }

    /// A new file that holds no image yet; what a killed process left of one is deleted.
    static func open(path: String, key: UInt64) throws(TrainingError) -> PackedImagesWriter {
        AtomicFile.removeAbandoned(path: path)
        do throws(CheckpointError) {
            var writer = PackedImagesWriter(path: path, file: try AtomicFile(path: path))
            try writer.file.write(bytes([PackedImages.magic, PackedImages.version, key]))
            return writer
        } catch {
            throw failure(error, path)
        }
    }

    /// Appends an image, the one of the photograph at `position`.
    mutating func append(_ image: RGBImage, position: Int) throws(TrainingError) {
        try write(image.pixels)
        let checksum = image.pixels.withUnsafeBytes(CRC32.checksum)
        index += Self.bytes([UInt32(position), UInt32(image.width), UInt32(image.height), checksum])
        count += 1
    }

    /// Writes index and tail, flushes, and gives the file its name.
    consuming func commit(_ skipped: [PackedImages.Skipped]) throws(TrainingError) {
        let json: [UInt8]
        do {
            json = [UInt8](try JSONEncoder().encode(skipped))
        } catch {
            throw .data(place: path, reason: "the list of skipped files cannot be written: \(error)")
        }
        index += json
        let checksum = UInt64(index.withUnsafeBytes(CRC32.checksum))
        try write(index)
        try write(Self.bytes([UInt64(count), UInt64(json.count), checksum]))
        let path = path
        do throws(CheckpointError) {
            try file.commit()
        } catch {
            throw Self.failure(error, path)
        }
    }

    private mutating func write(_ bytes: [UInt8]) throws(TrainingError) {
        do throws(CheckpointError) {
            try file.write(bytes)
        } catch {
            throw Self.failure(error, path)
        }
    }

    private static func failure(_ error: CheckpointError, _ path: String) -> TrainingError {
        .data(
            place: path,
            reason: "the packed images cannot be kept there, \(error): make room or choose another file for them")
    }

    private static func bytes(_ numbers: [some FixedWidthInteger]) -> [UInt8] {
        numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
    }
}

extension PackedImages {
    /// What tells these photographs at this size from others: FNV-1a over names, lengths, times of change and `side`.
    static func key(_ photographs: Photographs, side: Int?) -> UInt64 {
        var hash = PhotographHash()
        hash.add(side ?? 0)
        for photograph in photographs.photographs {
            hash.add(photograph)
            hash.add(photograph.modified)
        }
        return hash.value
    }
}
