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

    /// Headers of foreign files end anywhere: a tensor is shown where it lies on a float's boundary, copied elsewhere.
    @Test(arguments: 0..<4) func showsFloatsOnTheirBoundaryAlone(padding: Int) throws {
        let header =
            #"{"x":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"# + String(repeating: " ", count: padding)
        let bytes =
            littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + littleEndian([1, 2, 3, 4] as [Float])
        let tensor = try TensorFile.open(folder.file(bytes)).tensors[0]
        let isOnBoundary = header.utf8.count % 4 == 0
        #expect(try tensor.withStoredFloats { Array($0) } == (isOnBoundary ? [1, 2, 3, 4] : nil))
        #expect(try tensor.tensor().scalars == [1, 2, 3, 4])
    }

    /// A tensor of a PyTorch file, whose storage lies behind a record of so many bytes.
    private func torch(_ tensor: TorchTensor, padding: Int) throws -> StoredTensor {
        let pickle = PickleWriter.pickle { $0.dictionary([("x", { $0.tensor(tensor) })]) }
        var writer = ZipWriter.torch(pickle, storages: ["0": littleEndian((0..<24).map { Float($0) })])
        writer.entries.insert(.init(name: "archive/version", bytes: [UInt8](repeating: 51, count: padding)), at: 1)
        return try TensorFile.open(folder.file(writer.bytes())).tensors[0]
    }

    @Test func showsFloatsThatBeginWithinTheirStorage() throws {
        let shown = try (0..<4).map { padding in
            let tensor = try torch(
                TorchTensor(numel: 24, offset: 6, shape: [2, 2], strides: [2, 1]), padding: padding)
            #expect(try tensor.tensor().scalars == [6, 7, 8, 9])
            return try tensor.withStoredFloats { Array($0) }
        }
        // One of four places is on a float's boundary.
        #expect(shown.compactMap(\.self) == [[6, 7, 8, 9]])
    }

    @Test(
        arguments: [([4, 6], [1, 4]), ([2, 2], [4, 1]), ([4], [0]), ([3, 2, 4], [4, 12, 1])] as [([Int], [Int])])
    func showsNoFloatsInAnotherOrder(_ shape: [Int], _ strides: [Int]) throws {
        for padding in 0..<4 {
            let tensor = try torch(TorchTensor(numel: 24, shape: shape, strides: strides), padding: padding)
            #expect(try tensor.withStoredFloats { $0.count } == nil)
        }
    }

    @Test func showsNoFloatsOfSeveralParts() throws {
        let layer = "encoder.layer.0.attention.attention."
        let names = ["embeddings.cls_token"] + ["query", "key", "value"].map { layer + $0 + ".bias" }
        let tensors = names.enumerated().map { ($1, Tensor(shape: [2], scalars: [Float($0), Float($0)])) }
        let url = folder.url.appendingPathComponent("model.safetensors")
        try Safetensors.write(tensors, to: url)
        let config =
            #"{"model_type":"vit","hidden_size":2,"num_hidden_layers":1,"num_attention_heads":1,"patch_size":16,"image_size":224}"#
        _ = try folder.file(Array(config.utf8), name: "config.json")
        let tensor = try #require(Checkpoint.open(url).tensors["blocks.0.attn.qkv.bias"])
        #expect(try tensor.withStoredFloats { $0.count } == nil)
        #expect(try tensor.tensor().scalars == [1, 1, 2, 2, 3, 3])
    }

    @Test func passesOnWhatTheReaderThrows() throws {
        struct Refusal: Error {}
        let tensor = try stored([1, 2])
        #expect(throws: Refusal.self) { try tensor.withStoredFloats { _ in throw Refusal() } }
    }
}
