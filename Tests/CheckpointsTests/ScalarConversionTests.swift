import Checkpoints
import Foundation
import Testing

@Suite struct ScalarConversionTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The floats that a safetensors file of one tensor reads as; an odd header keeps the numbers unaligned.
    private func floats(_ dtype: String, _ bytes: [UInt8], itemSize: Int) throws -> [Float] {
        var header =
            #"{"x":{"dtype":"\#(dtype)","shape":[\#(bytes.count / itemSize)],"data_offsets":[0,\#(bytes.count)]}}"#
        if header.utf8.count.isMultiple(of: 2) { header += " " }
        let file = try folder.file(littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + bytes)
        return try TensorFile.open(file).tensors[0].tensor().scalars
    }

    @Test func widensEveryHalfExactly() throws {
        let patterns = (0...UInt16.max).map { $0 }
        let floats = try floats("F16", patterns.flatMap { littleEndian($0) }, itemSize: 2)
        for (pattern, float) in zip(patterns, floats) {
            let expected = Float(Float16(bitPattern: pattern))
            #expect(expected.isNaN ? float.isNaN : float.bitPattern == expected.bitPattern)
        }
    }

    @Test func widensEveryBrainHalfExactly() throws {
        let patterns = (0...UInt16.max).map { $0 }
        let floats = try floats("BF16", patterns.flatMap { littleEndian($0) }, itemSize: 2)
        #expect(floats.map(\.bitPattern) == patterns.map { UInt32($0) << 16 })
    }

    @Test func roundsDoublesAndIntegers() throws {
        let doubles = [0.1, -1e300, 1e-300, 16_777_217]
        #expect(
            try floats("F64", doubles.flatMap { littleEndian($0.bitPattern) }, itemSize: 8) == doubles.map { Float($0) }
        )
        #expect(try floats("I64", littleEndian(Int64.min), itemSize: 8) == [-9.223372e18])
        #expect(try floats("U64", littleEndian(UInt64.max), itemSize: 8) == [0x1p64])
        #expect(try floats("I32", littleEndian(Int32(-5)), itemSize: 4) == [-5])
        #expect(try floats("U32", littleEndian(UInt32.max), itemSize: 4) == [0x1p32])
        #expect(try floats("I16", littleEndian(Int16(-300)), itemSize: 2) == [-300])
        #expect(try floats("U16", littleEndian(UInt16(65535)), itemSize: 2) == [65535])
        #expect(try floats("I8", [0xFF], itemSize: 1) == [-1])
        #expect(try floats("U8", [0xFF], itemSize: 1) == [255])
        #expect(try floats("BOOL", [0, 1, 2], itemSize: 1) == [0, 1, 1])
    }
}
