import Foundation
import TestSupport
import Testing

@Suite struct HostileCheckpointTests {
    /// The head of a legacy `.pth`: magic number, protocol 1001, a little-endian machine; each a pickle.
    private static let head: [UInt8] =
        [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        + [0x80, 2, 0x4D, 0xE9, 3, 0x2E]
        + [0x80, 2, 0x7D, 0x58, 13, 0, 0, 0] + Array("little_endian".utf8) + [0x88, 0x73, 0x2E]

    /// `embed` ends with 1 where single files failed, with 2 where it could not work at all.
    @Test(arguments: [("models", 1), ("serve", 1), ("embed", 2)] as [(String, Int32)])
    func aCheckpointThatWouldRunACommandIsRefusedByName(_ command: String, _ status: Int32) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hostile-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let trace = folder.appending(path: "trace").path
        let pickle = Array("cposix\nsystem\n(S'touch \(trace)'\ntR.".utf8)
        let path = folder.appending(path: "hostile.pth").path
        try Data(Self.head + [0x80, 2] + pickle).write(to: URL(filePath: path))
        let result =
            switch command {
            case "models": try await Program.run("models", path)
            case "serve": try await Program.run("serve", "--model", path, "--database", "none", "--port", "0")
            default: try await Program.run("embed", "--model", path, path, "-o", folder.appending(path: "a.npy").path)
            }
        #expect(result.status == status)
        #expect(result.text.contains("posix.system"))
        #expect(!FileManager.default.fileExists(atPath: trace))
    }
}
