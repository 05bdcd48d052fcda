import Checkpoints
import Foundation
import Testing

@Suite struct ZipArchiveTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let honest = ZipWriter.torch(
        PickleWriter.pickle { writer in
            writer.dictionary([("x", { $0.tensor(TorchTensor(numel: 2, shape: [2], strides: [1])) })])
        }, storages: ["0": littleEndian([1, 2] as [Float])])

    private func open(_ bytes: [UInt8]) throws -> TensorFile { try TensorFile.open(folder.file(bytes)) }

    private func expectRefusal(
        _ change: (inout ZipWriter) -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var zip = Self.honest
        change(&zip)
        #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) { try open(zip.bytes()) }
    }

    @Test func readsPlainAndZip64Archives() throws {
        for isZip64 in [false, true] {
            var zip = Self.honest
            zip.isZip64 = isZip64
            #expect(try open(zip.bytes()).tensors[0].tensor().scalars == [1, 2])
        }
    }

    @Test func refusesCompressedAndEncryptedRecords() throws {
        var zip = Self.honest
        zip.entries[0].method = 8
        let error = try #require(throws: CheckpointError.self) { try open(zip.bytes()) }
        #expect(error.description.contains("compressed"))
        expectRefusal { $0.entries[0].flags = 1 }
    }

    @Test func refusesADirectoryThatLies() {
        expectRefusal { $0.entries[0].directoryName = "archive/else.pkl" }
        expectRefusal { $0.entries[2].directorySize = 7 }
        expectRefusal { $0.entries[2].directorySize = 1 << 30 }
        expectRefusal { $0.entries[2].directoryOffset = 0 }
        expectRefusal { $0.entries[2].directoryOffset = 1 << 31 }
        expectRefusal { $0.entries[0].checksum = 7 }
        expectRefusal { $0.statedEntries = 2 }
        expectRefusal { $0.statedEntries = 4 }
        expectRefusal { $0.statedEntries = 65_535 }
        expectRefusal { $0.entries.append($0.entries[0]) }
        expectRefusal { $0.prefix = [0] }
        expectRefusal { $0.suffix = [0] }
        expectRefusal { $0.entries = [] }
    }

    @Test func refusesTooManyRecords() {
        expectRefusal { zip in
            for index in 0..<20_000 { zip.entries.append(.init(name: "archive/\(index)", bytes: [])) }
        }
    }

    @Test func refusesEveryTruncation() {
        var zip = Self.honest
        zip.isZip64 = true
        let bytes = zip.bytes()
        for length in 0..<bytes.count {
            #expect(throws: CheckpointError.self) { try open(Array(bytes[..<length])) }
        }
    }

    @Test func agreesWithThePublishedChecksum() {
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.checksum($0) } == 0xCBF4_3926)
        #expect(CRC32.checksum(UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
    }
}
