import Foundation
import Synchronization
import TestSupport
import Testing

/// Uploads from several clients while the server is killed at random moments.
@Suite(.timeLimit(.minutes(5))) struct CrashTests {
    private static let kills = 50
    private static let clients = 4

    /// What the clients of all rounds have seen.
    private final class Ledger: Sendable {
        let state = Mutex(Entries())
    }

    /// What the server has acknowledged.
    private struct Entries {
        /// The seed of each stored image, by its id.
        var stored = [Int: UInt64]()
        var deleted = Set<Int>()
        /// Deletions that were asked for and not acknowledged: such an image may be there or not.
        var uncertain = Set<Int>()
        /// The images of this round, which are verified one by one after it.
        var recent = [Int]()
    }

    private static func picture(_ seed: UInt64) -> [UInt8] { [UInt8](PNGFile.noise(side: 8, seed: seed)) }

    @Test func whatWasAcknowledgedIsThereAfterEveryKill() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("CrashTests: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        let database = folder.path("collection.sqlite")
        let ledger = Ledger()
        for round in 0..<Self.kills {
            let server = try await CollectionServer(database)
            let entries = ledger.state.withLock { $0 }
            try await verify(entries, on: server, ids: entries.recent, seed: seed)
            ledger.state.withLock { $0.recent = [] }
            let patience = Duration.milliseconds(Int.random(in: 1...300, using: &random))
            let seeds = (0..<Self.clients).map { _ in random.next() }
            await withTaskGroup(of: Void.self) { group in
                for seed in seeds { group.addTask { await Self.upload(to: server, seed: seed, ledger) } }
                group.addTask {
                    try? await Task.sleep(for: patience)
                    server.program.send(SIGKILL)
                }
            }
            #expect(try await server.program.status() == -SIGKILL)
            if round % 10 == 9 {
                let (status, text) = try await CollectionServer.check(database)
                #expect(status == 0, "seed \(seed), round \(round): \(text)")
            }
        }
        try await verifyAll(ledger.state.withLock { $0 }, in: database, seed: seed)
    }

    /// Uploads, and now and then deletes, until the server is gone.
    private static func upload(to server: CollectionServer, seed: UInt64, _ ledger: Ledger) async {
        guard let client = try? Client(port: server.port) else { return }
        var random = SeededGenerator(seed: seed)
        var own = [Int]()
        while true {
            if own.count > 3, Int.random(in: 0..<5, using: &random) == 0 {
                let id = own.removeFirst()
                ledger.state.withLock { _ = $0.uncertain.insert(id) }
                guard let answer = await client.answer("DELETE", "/v1/images/\(id)"), answer.status == 204 else {
                    return
                }
                ledger.state.withLock { entries in
                    entries.uncertain.remove(id)
                    entries.deleted.insert(id)
                    entries.stored[id] = nil
                    entries.recent.removeAll { $0 == id }
                }
            } else {
                let picture = random.next()
                let body = Self.picture(picture)
                guard let answer = await client.answer("POST", "/v1/images", type: "image/png", body: body),
                    answer.status == 201, let id = answer.json["id"] as? Int
                else { return }
                own.append(id)
                ledger.state.withLock { entries in
                    entries.stored[id] = picture
                    entries.recent.append(id)
                }
            }
        }
    }

    /// The images with these ids have their bytes, their features, and are the first that a search for those finds.
    private func verify(_ ledger: Entries, on server: CollectionServer, ids: [Int], seed: UInt64) async throws {
        var client = try Client(port: server.port)
        for (index, id) in ids.enumerated() {
            // The server ends a connection after a thousand requests.
            if index % 300 == 299 { client = try Client(port: server.port) }
            guard let picture = ledger.stored[id] else { continue }
            let content = try #require(await client.answer("GET", "/v1/images/\(id)/content"))
            if ledger.uncertain.contains(id), content.status == 404 { continue }
            #expect(content.status == 200 && content.body == Self.picture(picture), "seed \(seed), image \(id)")
            let stored = try #require(await client.answer("GET", "/v1/images/\(id)/embedding"))
            let vector = try #require(
                stored.json["embedding"] as? [Double], "seed \(seed), image \(id): \(stored.status)")
            let query = Array("{\"vector\":\(vector),\"k\":1}".utf8)
            let found = try #require(
                await client.answer("POST", "/v1/search", type: "application/json", body: query))
            let hit = (found.json["hits"] as? [[String: Any]])?.first
            #expect(hit?["id"] as? Int == id, "seed \(seed), image \(id): \(found.status)")
        }
    }

    /// All that was acknowledged is there, what was deleted is not, nothing is half there, and the file is sound.
    private func verifyAll(_ ledger: Entries, in database: String, seed: UInt64) async throws {
        let server = try await CollectionServer(database)
        try await verify(ledger, on: server, ids: ledger.stored.keys.sorted(), seed: seed)
        let listed = try await listing(server)
        #expect(ledger.stored.keys.allSatisfy { listed.contains($0) || ledger.uncertain.contains($0) }, "seed \(seed)")
        #expect(listed.isDisjoint(with: ledger.deleted), "seed \(seed)")
        // Whatever else is there was under way when the server was killed, and is whole.
        for id in listed where ledger.stored[id] == nil {
            for part in ["content", "thumbnail", "embedding"] {
                #expect(await server.answer("GET", "/v1/images/\(id)/\(part)")?.status == 200, "seed \(seed): \(id)")
            }
        }
        #expect(listed.count <= ledger.stored.count + Self.kills * Self.clients, "seed \(seed)")
        #expect(try await server.stop() == 0)
        let (status, text) = try await CollectionServer.check(database)
        #expect(status == 0, "seed \(seed): \(text)")
        #expect(!ledger.stored.isEmpty, "seed \(seed): nothing was acknowledged, so nothing was tested")
    }

    private func listing(_ server: CollectionServer) async throws -> Set<Int> {
        var ids = Set<Int>()
        var target: String? = "/v1/images?limit=500"
        while let page = target {
            let answer = try #require(await server.answer("GET", page))
            #expect(answer.status == 200)
            ids.formUnion(answer.items.compactMap { $0["id"] as? Int })
            target = (answer.json["next_cursor"] as? String).map { "/v1/images?limit=500&cursor=\($0)" }
        }
        return ids
    }
}
