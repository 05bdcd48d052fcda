import FeatureAPI
import Tensors
import Testing

@Suite struct NPYTests {
    @Test(
        arguments: [
            ([0, 384], "(0, 384)"), ([3], "(3,)"), ([], "()"), ([2, 196, 384], "(2, 196, 384)"),
            ([123_456_789, 1024], "(123456789, 1024)"),
        ] as [([Int], String)])
    func theHeaderStatesTypeOrderAndShapeAndIsAligned(_ shape: [Int], _ tuple: String) {
        let header = NPY.header(shape: shape)
        #expect(header.count.isMultiple(of: 64))
        #expect(Array(header[..<8]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
        #expect(Int(header[8]) + Int(header[9]) << 8 == header.count - 10)
        let text = String(decoding: header[10...], as: UTF8.self)
        #expect(text.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }"))
        #expect(text.hasSuffix("\n"))
    }

    @Test func theNumbersFollowLittleEndian() {
        let file = Tensor(shape: [1, 2], scalars: [1, -2.5]).npy
        #expect(Array(file.suffix(8)) == [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0])
        #expect(file.count == NPY.header(shape: [1, 2]).count + 8)
    }
}
