import Foundation
import GRDB
import TestSupport
import Testing

/// Files that cannot be had, written or read: clear answers, nothing lost, no hang.
@Suite(.timeLimit(.minutes(2))) struct StorageFaultTests {
    private let folder: TemporaryFolder
    private var database: String { folder.path("data/collection.sqlite") }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: false)
    }

    private static func picture(_ seed: Int, side: Int = 8) -> [UInt8] {
        [UInt8](PNGFile.noise(side: side, seed: UInt64(seed)))
    }

    private func store(_ seed: Int, side: Int = 8, on server: CollectionServer) async throws -> Answer {
        try #require(
            await server.answer("POST", "/v1/images", type: "image/png", body: Self.picture(seed, side: side)))
    }

    /// Serves, stores so many images, and gives their ids by seed.
    private func fill(_ count: Int, side: Int = 8) async throws -> [Int: Int] {
        let server = try await CollectionServer(database)
        var ids = [Int: Int]()
        for seed in 0..<count {
            ids[seed] = try #require(try await store(seed, side: side, on: server).json["id"] as? Int)
        }
        #expect(try await server.stop() == 0)
        return ids
    }

    @Test func whoeverComesSecondIsToldThatTheCollectionIsInUse() async throws {
        let server = try await CollectionServer(database)
        let images = try folder.write("images/a.png", Self.picture(1)).deletingLastPathComponent().path
        let model = ["--model", ServedModel.weights, "--threads", "1"]
        for arguments in [
            CollectionServer.arguments(database), ["check", "--database", database],
            ["import", images, "--database", database] + model,
            ["export", "--database", database, "-o", folder.path("out")],
            ["near-duplicates", "--database", database], ["reindex", "--list", "--database", database] + model,
        ] {
            let second = try Program(arguments)
            #expect(try await second.status() == 2, "\(arguments): \(second.text)")
            #expect(second.text.contains("\(database) is in use"), "\(arguments): \(second.text)")
        }
        #expect(try await store(1, on: server).status == 201)
    }

    private static func execute(_ sql: String, on queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    @Test func aFileThatAnotherProgramLocksIsBusyUntilItIsFree() async throws {
        _ = try await fill(1)
        let server = try await CollectionServer(database)
        var unsafe = Configuration()
        unsafe.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: database, configuration: unsafe)
        try Self.execute("BEGIN EXCLUSIVE", on: other)
        async let busy = store(1, on: server)
        #expect(await server.answer("GET", "/livez")?.status == 200)
        #expect(try await busy.status == 503)
        #expect(try await busy.problem == "storage-busy")
        try Self.execute("ROLLBACK", on: other)
        #expect(try await store(1, on: server).status == 201)
        #expect(try await store(0, on: server).status == 200)
    }

    @Test func aReadOnlyFolderIsASentenceAtTheStart() async throws {
        let ids = try await fill(1)
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: database)
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path("data"))
        defer {
            try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("data"))
        }
        // The superuser may write everything, unless that capability is taken away.
        let script =
            getuid() == 0
            ? "exec setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search \"$@\""
            : "exec \"$@\""
        let program = try Program(CollectionServer.arguments(database), script: script)
        #expect(try await program.status() == 2)
        #expect(program.text.contains(database), "\(program.text)")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("data"))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: database)
        let server = try await CollectionServer(database)
        #expect(await server.answer("GET", "/v1/images/\(ids[0] ?? 0)/content")?.body == Self.picture(0))
    }

    /// How a disk gets full here: by a limit on the length of files, or by a small one, where mounting is allowed.
    enum FullDisk: String, CaseIterable { case limit, small }

    @Test(arguments: FullDisk.allCases) func aFullDiskLosesNothing(_ kind: FullDisk) async throws {
        let data = folder.path("data")
        var script: String?
        switch kind {
        case .limit: script = "trap '' XFSZ; ulimit -f 16384 && exec \"$@\""
        case .small: guard try Self.run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", data) else { return }
        }
        defer { if kind == .small { _ = try? Self.run("umount", data) } }
        let server = try await CollectionServer(database, script: script)
        var ids = [Int: Int]()
        var refused: Answer?
        for seed in 0..<200 {
            let answer = try await store(seed, side: 140, on: server)
            guard answer.status == 201 else {
                refused = answer
                break
            }
            ids[seed] = try #require(answer.json["id"] as? Int)
        }
        let answer = try #require(refused, "so much fits into four megabytes")
        // SQLite tells a disk without room from other failures, among which it counts the limit.
        #expect(kind == .small ? answer.status == 507 : [500, 507].contains(answer.status))
        #expect(["storage-full", "storage-failed"].contains(answer.problem))
        #expect(await server.answer("GET", "/livez")?.status == 200)
        try await verify(ids, side: 140, on: server)
        #expect(server.program.text.contains(database), "the log says which file: \(server.program.text)")
        #expect(try await store(1000, side: 140, on: server).status >= 500)
        _ = try await server.stop()

        let (status, text) = try await CollectionServer.check(database)
        #expect(status == 0 || kind == .small && text.contains("full"), "\(text)")
        guard kind == .limit else { return }
        let again = try await CollectionServer(database)
        try await verify(ids, side: 140, on: again)
        #expect(try await store(1000, side: 140, on: again).status == 201)
    }

    private func verify(_ ids: [Int: Int], side: Int, on server: CollectionServer) async throws {
        for (seed, id) in ids {
            let content = await server.answer("GET", "/v1/images/\(id)/content")
            #expect(content?.body == Self.picture(seed, side: side), "image \(id)")
            #expect(await server.answer("GET", "/v1/images/\(id)/embedding")?.status == 200, "image \(id)")
        }
    }

    private static func run(_ arguments: String...) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test func aDamagedPageIsSaidAndTheRestIsServed() async throws {
        let ids = try await fill(40, side: 100)
        let file = try FileHandle(forUpdating: URL(filePath: database))
        let length = try file.seekToEnd()
        try file.seek(toOffset: length / 2)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 65_536))
        try file.close()

        let (status, text) = try await CollectionServer.check(database)
        #expect([1, 2].contains(status), "\(text)")
        #expect(text.contains(database), "\(text)")

        let program = try Program(CollectionServer.arguments(database))
        defer { program.send(SIGKILL) }
        guard let address = try? await program.line(after: "listens on http://127.0.0.1:") else {
            #expect(try await program.status() == 2)
            #expect(program.text.contains("damaged"), "\(program.text)")
            return
        }
        let client = try Client(port: try #require(UInt16(address)))
        var faults = 0
        for (seed, id) in ids {
            let answer = try #require(await client.answer("GET", "/v1/images/\(id)/content"))
            if answer.status != 200 {
                #expect(answer.problem == "storage-corrupted", "image \(id): \(answer.status)")
                faults += 1
            } else if answer.body != Self.picture(seed, side: 100) {
                // SQLite has no checksums of its own: bytes within a page are for `check` to find.
                #expect(text.contains("\(id)"), "image \(id) differs, and the check did not find it")
                faults += 1
            }
        }
        #expect(faults < ids.count)
        #expect(await client.answer("GET", "/livez")?.status == 200)
    }
}
