import Checkpoints
import Foundation
import Testing

@Suite struct TorchLegacyTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let magic: [UInt8] = [
        0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]

    private func file(
        version: Int = 1001, isLittleEndian: Bool = true, keys: [String] = ["7"], numel: Int = 3, tail: [UInt8] = []
    ) -> [UInt8] {
        let tensor = TorchTensor(key: "7", numel: 3, shape: [3], strides: [1], isLegacy: true)
        let machine = PickleWriter.pickle { writer in
            writer.dictionary([("little_endian", { $0.raw([isLittleEndian ? 0x88 : 0x89]) })])
        }
        let list = PickleWriter.pickle { writer in
            writer.raw("](")
            for key in keys { writer.string(key) }
            writer.raw("e")
        }
        return Self.magic + PickleWriter.pickle { $0.integer(version) } + machine
            + PickleWriter.pickle { $0.dictionary([("x", { $0.tensor(tensor) })]) } + list
            + littleEndian(UInt64(bitPattern: Int64(numel))) + littleEndian([1, 2, 3] as [Float]) + tail
    }

    private func open(_ bytes: [UInt8]) throws -> TensorFile { try TensorFile.open(folder.file(bytes)) }

    @Test func readsTheStoragesAfterThePickles() throws {
        let file = try open(file())
        #expect(file.container == .torchLegacy)
        #expect(try file.tensors[0].tensor().scalars == [1, 2, 3])
    }

    @Test func refusesWhatContradictsItself() {
        let files = [
            file(version: 1002), file(isLittleEndian: false), file(keys: []), file(keys: ["8"]),
            file(keys: ["7", "7"]),
            file(numel: 4), file(numel: -1), file(tail: [0]), Self.magic,
        ]
        for bytes in files { #expect(throws: CheckpointError.self) { try open(bytes) } }
    }

    @Test func refusesEveryTruncation() {
        let bytes = file()
        for length in 0..<bytes.count {
            #expect(throws: CheckpointError.self) { try open(Array(bytes[..<length])) }
        }
    }
}
