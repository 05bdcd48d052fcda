import Foundation

/// A file of scalars that TensorBoard shows: `Event` messages (tensorflow/core/util/event.proto) in TFRecord frames.
package final class EventFile {
    private let file: AppendedFile

    /// An empty file, but for its version.
    init(_ url: URL) throws(TrainingError) {
        file = try AppendedFile(url)
        try file.truncate(to: 0)
        var event = ProtocolBuffer()
        event.double(1, Date().timeIntervalSince1970)  // wall_time
        event.bytes(3, Array("brain.Event:2".utf8))  // file_version
        try file.append(Data(Self.record(event.encoded)))
    }

    /// Adds what a line measured.
    func append(_ line: LogLine) throws(TrainingError) {
        let scalars = Self.scalars(line)
        guard !scalars.isEmpty else { return }
        try file.append(Data(Self.record(Self.event(wallTime: line.time, step: line.step, scalars))))
    }

    private static func scalars(_ line: LogLine) -> [(tag: String, value: Double)] {
        var scalars: [(tag: String, value: Double)] = []
        if let steps = line.steps {
            scalars = [
                ("train/loss", steps.loss), ("train/teacher_entropy", steps.teacherEntropy), ("train/kl", steps.kl),
                ("train/gradient_norm", steps.gradientNorm), ("schedule/lr", steps.learningRate),
                ("schedule/weight_decay", steps.weightDecay), ("schedule/momentum", steps.momentum),
                ("schedule/teacher_temp", steps.teacherTemp), ("speed/images_per_second", steps.imagesPerSecond),
                ("speed/gflops", steps.gflops), ("speed/data_wait", steps.dataWait),
            ]
        }
        if let knn = line.knn { scalars.append(("evaluation/knn", knn)) }
        return scalars
    }

    /// An `Event` with a `Summary` of simple values.
    package static func event(wallTime: Double, step: Int, _ scalars: [(tag: String, value: Double)]) -> [UInt8] {
        var summary = ProtocolBuffer()
        for scalar in scalars {
            var value = ProtocolBuffer()
            value.bytes(1, Array(scalar.tag.utf8))
            value.float(2, Float(scalar.value))
            summary.bytes(1, value.encoded)
        }
        var event = ProtocolBuffer()
        event.double(1, wallTime)
        event.integer(2, UInt64(clamping: step))
        event.bytes(5, summary.encoded)
        return event.encoded
    }

    /// A TFRecord: the length, its masked checksum, the bytes, their masked checksum; all little-endian.
    package static func record(_ bytes: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(bytes.count))
        return length + littleEndian(CRC32C.masked(length)) + bytes + littleEndian(CRC32C.masked(bytes))
    }

    fileprivate static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// A message in protocol buffers' wire format, field by field.
private struct ProtocolBuffer {
    private(set) var encoded: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            encoded.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        encoded.append(UInt8(rest))
    }

    private mutating func key(_ field: UInt64, _ wireType: UInt64) { varint(field << 3 | wireType) }

    mutating func integer(_ field: UInt64, _ value: UInt64) {
        key(field, 0)
        varint(value)
    }

    mutating func double(_ field: UInt64, _ value: Double) {
        key(field, 1)
        encoded += EventFile.littleEndian(value.bitPattern)
    }

    mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
        key(field, 2)
        varint(UInt64(value.count))
        encoded += value
    }

    mutating func float(_ field: UInt64, _ value: Float) {
        key(field, 5)
        encoded += EventFile.littleEndian(value.bitPattern)
    }
}
