import Checkpoints
import Foundation
import Testing

@Suite struct TorchFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let numbers = (0..<24).map { Float($0) }

    private func open(_ tensor: TorchTensor, storages: [String: [UInt8]]? = nil) throws -> [Float] {
        let pickle = PickleWriter.pickle { $0.dictionary([("x", { $0.tensor(tensor) })]) }
        let storages = storages ?? ["0": littleEndian(Self.numbers)]
        let file = try TensorFile.open(folder.file(ZipWriter.torch(pickle, storages: storages).bytes()))
        return try file.tensors[0].tensor().scalars
    }

    @Test func gathersStridedTensors() throws {
        #expect(try open(TorchTensor(numel: 24, shape: [2, 3, 4], strides: [12, 4, 1])) == Self.numbers)
        #expect(try open(TorchTensor(numel: 24, offset: 6, shape: [2, 2], strides: [4, 1])) == [6, 7, 10, 11])
        let transposed = try open(TorchTensor(numel: 24, shape: [4, 6], strides: [1, 4]))
        #expect(transposed == (0..<4).flatMap { row in (0..<6).map { Float($0 * 4 + row) } })
        let permuted = try open(TorchTensor(numel: 24, shape: [3, 2, 4], strides: [4, 12, 1]))
        #expect(permuted[..<8] == [0, 1, 2, 3, 12, 13, 14, 15])
        #expect(permuted[8...] == [4, 5, 6, 7, 16, 17, 18, 19, 8, 9, 10, 11, 20, 21, 22, 23])
        #expect(try open(TorchTensor(numel: 24, offset: 23, shape: [], strides: [])) == [23])
        #expect(try open(TorchTensor(numel: 24, shape: [0, 3], strides: [3, 1])) == [])
        #expect(try open(TorchTensor(numel: 24, offset: 3, shape: [4], strides: [0])) == [3, 3, 3, 3])
    }

    @Test func ignoresTheStrideOfAnAxisOfSizeOne() throws {
        let tensor = TorchTensor(numel: 24, shape: [2, 1, 2, 1], strides: [2, .max, 1, .max])
        #expect(try open(tensor) == [0, 1, 2, 3])
    }

    @Test(
        arguments: [
            ([25], [1], 0), ([24], [1], 1), ([1 << 40], [0], 0), ([2, 2], [23, 1], 0), ([2], [-1], 4), ([-2], [1], 0),
            ([2], [1], -1), ([2], [.max], 1), ([1 << 62, 4], [0, 0], 0), ([2, 2], [1], 0), ([3], [.max / 2 + 1], 0),
            ([1], [1], .max), ([1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1], 0), ([.min], [.min], .min),
            ([1 << 62, 4, 0], [0, 0, 0], 0),
        ] as [([Int], [Int], Int)])
    func refusesATensorThatLeavesItsStorage(_ shape: [Int], _ strides: [Int], _ offset: Int) {
        let tensor = TorchTensor(numel: 24, offset: offset, shape: shape, strides: strides)
        #expect(throws: CheckpointError.self) { try open(tensor) }
    }

    @Test(arguments: [23, 25, 0, -1, 1 << 62, Int.max])
    func refusesAStorageWhoseCountLies(_ numel: Int) {
        #expect(throws: CheckpointError.self) { try open(TorchTensor(numel: numel, shape: [1], strides: [1])) }
    }

    @Test(arguments: ["1", "../../etc/passwd", "", "0/"])
    func refusesAMissingStorage(_ key: String) {
        #expect(throws: CheckpointError.self) {
            try open(TorchTensor(key: key, numel: 24, shape: [1], strides: [1]))
        }
    }

    @Test func readsHalfStorages() throws {
        let half = TorchTensor(storageType: "HalfStorage", numel: 2, shape: [2], strides: [1])
        #expect(try open(half, storages: ["0": [0x00, 0x3C, 0x00, 0xC0]]) == [1, -2])
        let brain = TorchTensor(storageType: "BFloat16Storage", numel: 2, shape: [2], strides: [1])
        #expect(try open(brain, storages: ["0": [0x80, 0x3F, 0x00, 0xC0]]) == [1, -2])
    }

    @Test func findsADamagedStorageWhenItIsRead() throws {
        let pickle = PickleWriter.pickle { writer in
            writer.dictionary([("x", { $0.tensor(TorchTensor(numel: 24, shape: [24], strides: [1])) })])
        }
        var zip = ZipWriter.torch(pickle, storages: ["0": littleEndian(Self.numbers)])
        zip.entries[2].checksum = 1
        let file = try TensorFile.open(folder.file(zip.bytes()))
        let error = try #require(throws: CheckpointError.self) { try file.tensors[0].tensor() }
        #expect(error.description.contains("'x'"))
    }

    @Test func refusesTorchScriptBigEndianAndAStrayPickle() throws {
        let pickle = PickleWriter.pickle { $0.raw("}") }
        var script = ZipWriter.torch(pickle)
        script.entries.append(.init(name: "archive/constants.pkl", bytes: pickle))
        var bigEndian = ZipWriter.torch(pickle)
        bigEndian.entries[1].bytes = Array("big".utf8)
        var two = ZipWriter.torch(pickle)
        two.entries.append(.init(name: "other/data.pkl", bytes: pickle))
        for zip in [script, bigEndian, two] {
            let error = try #require(throws: CheckpointError.self) {
                try TensorFile.open(folder.file(zip.bytes()))
            }
            #expect(error.description.contains("safetensors"))
        }
        #expect(throws: CheckpointError.self) {
            try TensorFile.open(folder.file(ZipWriter.torch(pickle + [0]).bytes()))
        }
    }

    @Test(
        arguments: [
            ([0x93] + Array("NUMPY\u{1}\0 array".utf8), "NumPy"), (Array("<!DOCTYPE html>".utf8), "web page"),
            ([], "empty"), (Array("version https://git-lfs.github.com/spec/v1".utf8), "git lfs pull"),
            ([0x80, 4, 0x95], "pickle"), ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7z"), (Array("hello".utf8), "text"),
        ] as [([UInt8], String)])
    func saysWhatAForeignFileLooksLike(_ bytes: [UInt8], _ name: String) throws {
        let error = try #require(throws: CheckpointError.self) { try TensorFile.open(folder.file(bytes)) }
        #expect(error.description.contains(name))
    }

    @Test func refusesFoldersDevicesAndAbsentFiles() {
        for path in ["/dev/zero", "/nonexistent", folder.url.path] {
            #expect(throws: CheckpointError.self) { try TensorFile.open(URL(fileURLWithPath: path)) }
        }
    }
}
