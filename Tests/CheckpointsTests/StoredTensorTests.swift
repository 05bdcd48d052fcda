import Checkpoints
import Foundation
import Tensors
import Testing

@Suite struct StoredTensorTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func stored(_ scalars: [Float]) throws -> StoredTensor {
        let url = folder.url.appendingPathComponent("x.safetensors")
        try Safetensors.write([("x", Tensor(shape: [scalars.count], scalars: scalars))], to: url)
        return try TensorFile.open(url).tensors[0]
    }

    @Test func readsTheSameAfterItsPagesWereReleased() throws {
        let scalars = (0..<10_000).map { Float($0) }
        let tensor = try stored(scalars)
        #expect(try tensor.tensor().scalars == scalars)
        tensor.releasePages()
        #expect(try tensor.tensor().scalars == scalars)
    }

    @Test func outlivesTheNameOfItsFile() throws {
        let tensor = try stored([1, 2])
        try FileManager.default.removeItem(at: folder.url)
        #expect(try tensor.tensor().scalars == [1, 2])
    }

    @Test(arguments: [0, 2, 4])
    func refusesRoomOfAnotherSize(_ count: Int) throws {
        let tensor = try stored([1, 2, 3])
        var room = [Float](repeating: 0, count: count)
        let error = try #require(throws: CheckpointError.self) {
            try room.withUnsafeMutableBufferPointer { try tensor.copyFloats(into: $0) }
        }
        #expect(error.description.contains("'x'"))
    }

    @Test func showsFloatsWhereTheyLie() throws {
        let scalars = (0..<1000).map { Float($0) / 7 }
        #expect(try stored(scalars).withStoredFloats { Array($0) } == scalars)
    }

    @Test(arguments: [ScalarType.float16, .bfloat16])
    func showsNoFloatsWhereTheyAreStoredAsAnotherType(_ type: ScalarType) throws {
        let url = folder.url.appendingPathComponent("half.safetensors")
        try Safetensors.write([("x", Tensor(shape: [3], scalars: [1, 2, 3]))], scalarType: type, to: url)
        #expect(try TensorFile.open(url).tensors[0].withStoredFloats { $0.count } == nil)
    }

    @Test func passesOnWhatTheReaderThrows() throws {
        struct Refusal: Error {}
        let tensor = try stored([1, 2])
        #expect(throws: Refusal.self) { try tensor.withStoredFloats { _ in throw Refusal() } }
    }
}
