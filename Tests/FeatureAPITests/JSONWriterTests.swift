import FeatureAPI
import Foundation
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    @Test func writesMembersElementsAndEscapes() {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("a\"\\\u{1}é")
            writer.array { writer in
                writer.integer(-1)
                writer.null()
                writer.string("x\ny")
            }
            writer.key("b")
            writer.object { _ in }
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a\"\\\u0001é":[-1,null,"x\u000ay"],"b":{}}"#)
    }

    @Test func floatsReadBackToTheSameBits() throws {
        var random = SystemRandomNumberGenerator()
        let values =
            [0, -0.0, 1, Float.leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e-7, 0.1]
            + (0..<2000).compactMap { _ in
                let value = Float(bitPattern: random.next())
                return value.isFinite ? value : nil
            }
        var writer = JSONWriter()
        writer.array { for value in values { $0.number(value) } }
        let text = String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
        #expect(text.split(separator: ",").map { Float($0)?.bitPattern } == values.map(\.bitPattern))
        _ = try JSONSerialization.jsonObject(with: Data(writer.bytes))
    }

    /// The decimal with one digit less that is nearest to a number reads back as another one.
    @Test func noFloatHasAShorterText() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<20_000 {
            let bits = UInt32.random(in: 0...UInt32.max, using: &random)
            let values = [Float(bitPattern: bits), Float(bitPattern: bits >> 4 | 0x3C00_0000 & 0x3FFF_FFFF)]
            // At a power of two the nearest need not be the one that reads back.
            for value in values where value.isNormal && value.significandBitPattern != 0 {
                var writer = JSONWriter()
                writer.number(value)
                let text = String(decoding: writer.bytes, as: UTF8.self)
                let mantissa = text.prefix { $0 != "e" }.filter(\.isNumber)
                let digits = mantissa.drop { $0 == "0" }.reversed().drop { $0 == "0" }.count
                guard digits > 1 else { continue }
                let shorter = String(format: "%.\(digits - 2)e", Double(value))
                #expect(Float(shorter) != value, "\(text) could be \(shorter)")
            }
        }
    }

    @Test func base64HoldsLittleEndianFloats() throws {
        var writer = JSONWriter()
        writer.base64([1, -2.5])
        let text = String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
        #expect(Data(base64Encoded: text) == Data([0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0]))
    }
}
