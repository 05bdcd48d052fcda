import DINOTraining
import Foundation
import Testing

@Suite struct EventFileTests {
    /// RFC 3720, appendix B.4, and the check value of the polynomial.
    @Test func checksumsAreThoseOfTheStandard() {
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum(0...31) == 0x46DD_794E)
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    }

    /// The bytes that the reference's `tensorboard.compat.proto` writes for this event.
    @Test func anEventIsTheBytesOfItsMessage() {
        let event = EventFile.event(wallTime: 1.5, step: 300, [("train/loss", 0.25)])
        let summary: [UInt8] = [0x0A, 0x11, 0x0A, 0x0A] + Array("train/loss".utf8) + [0x15, 0, 0, 0x80, 0x3E]
        #expect(event == [0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 0x13] + summary)
    }

    @Test func aRecordHasItsLengthAndTwoMaskedChecksums() {
        let record = EventFile.record(Array("abc".utf8))
        #expect(Array(record[..<8]) == [3, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(record[12..<15]) == Array("abc".utf8))
        #expect(record.count == 19)
        func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
        // Unmasked, a checksum is the standard's.
        func unmasked(_ value: UInt32) -> UInt32 {
            let rotated = value &- 0xA282_EAD8
            return rotated >> 17 | rotated << 15
        }
        #expect(unmasked(number(record[8..<12])) == CRC32C.checksum(record[..<8]))
        #expect(unmasked(number(record[15...])) == CRC32C.checksum(Array("abc".utf8)))
    }

    @Test func theFileOfARunReadsBackToItsEnd() throws {
        let tiny = try TinyRun()
        _ = try tiny.run(evaluation: InventedEvaluation()).run()
        var rest = try Data(contentsOf: tiny.folder.appending(path: "events.out.tfevents.dino-train"))[...]
        var records = 0
        while !rest.isEmpty {
            let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            let record = Array(rest.prefix(16 + length))
            #expect(record == EventFile.record(Array(record[12..<12 + length])))
            rest = rest.dropFirst(16 + length)
            records += 1
        }
        #expect(records == 1 + 2 + 2, "the version, two lines of ten steps, two evaluations")
    }
}
