import Foundation

/// A file system in memory, mounted over a folder. Making one needs root.
struct SmallDisk {
    private let folder: String

    /// Whether this process may mount one.
    static var canBeMade: Bool {
        guard let collection = try? TemporaryCollection() else { return false }
        return (try? SmallDisk.mounted(over: collection.folder.path, mebibytes: 1) { _ in }) != nil
    }

    /// Has `body` use an empty disk in place of a folder.
    static func mounted(over folder: String, mebibytes: Int, _ body: (SmallDisk) throws -> Void) throws {
        try run("mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", folder)
        defer { try? run("umount", "-l", folder) }
        try body(SmallDisk(folder: folder))
    }

    /// Changes an option: `size=20m`, `ro`.
    func change(_ option: String) throws { try Self.run("mount", "-o", "remount,\(option)", folder) }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteNoPermission) }
    }
}
