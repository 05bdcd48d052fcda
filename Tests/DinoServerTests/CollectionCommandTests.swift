import Checkpoints
import Foundation
import GRDB
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(3))) struct CollectionCommandTests {
    private let workspace: Workspace
    private var database: String { workspace.path("collection.sqlite") }

    init() throws { workspace = try Workspace() }

    private func run(_ command: String, _ arguments: String...) async throws -> (status: Int32, text: String) {
        let model = ["import", "reindex"].contains(command) ? ["--model", workspace.model, "--threads", "1"] : []
        let program = try Program([command, "--database", database] + model + arguments)
        return (try await program.status(), program.text)
    }

    /// Images in class folders, each with a content of its own, and a file that is none of them.
    private func writeClasses() throws -> String {
        for (index, name) in ["cat/1.png", "cat/2.png", "dog/deep/3.png"].enumerated() {
            _ = try workspace.write("classes/" + name, PNGFile.noise(side: 8, seed: UInt64(index)))
        }
        _ = try workspace.write("classes/notes.txt", "no image")
        return workspace.path("classes")
    }

    private func exported() async throws -> [[String: Any]] {
        let (status, text) = try await run("export", "-o", workspace.path("out"))
        #expect(status == 0, "\(text)")
        let lines = try String(contentsOfFile: workspace.path("out/images.jsonl"), encoding: .utf8)
        return try lines.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func labels() async throws -> [String: String] {
        let pairs = try await exported().map { ($0["name"] as? String ?? "", $0["label"] as? String ?? "none") }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    @Test func importStoresWithTheFoldersAsLabelsAndSkipsWhatIsStored() async throws {
        let folder = try writeClasses()
        let first = try await run("import", folder)
        #expect(first.status == 0, "\(first.text)")
        #expect(first.text.contains("3 images stored"))
        #expect(first.text.contains("% of the time"))
        #expect(try await labels() == ["1.png": "cat", "2.png": "cat", "3.png": "dog"])
        let second = try await run("import", folder)
        #expect(second.status == 0, "\(second.text)")
        #expect(second.text.contains("0 images stored, 3 were there already"))
        let check = try await run("check")
        #expect(check.status == 0, "\(check.text)")
    }

    @Test func importTakesOneLabelOrNone() async throws {
        let folder = try writeClasses()
        #expect(try await run("import", folder, "--no-labels").status == 0)
        #expect(Set(try await labels().values) == ["none"])
        // What is stored without a label gets the one that comes with the same content.
        #expect(try await run("import", folder, "--label", "pet").status == 0)
        #expect(Set(try await labels().values) == ["pet"])
        #expect(try await run("import", folder, "--label", "other").status == 0)
        #expect(Set(try await labels().values) == ["pet"])
        let both = try await run("import", folder, "--label", "pet", "--no-labels")
        #expect(both.status == 64, "\(both.text)")
    }

    @Test func importOfAnArchiveEqualsThatOfItsFolder() async throws {
        let folder = try writeClasses()
        #expect(try await run("import", folder).status == 0)
        let loose = try await labels()
        let tar = Process()
        tar.executableURL = URL(filePath: "/usr/bin/env")
        tar.arguments = ["tar", "-C", folder, "-cf", workspace.path("classes.tar"), "."]
        try tar.run()
        tar.waitUntilExit()
        try FileManager.default.removeItem(atPath: database)
        let packed = try await run("import", workspace.path("classes.tar"))
        #expect(packed.status == 0, "\(packed.text)")
        #expect(try await labels() == loose)
    }

    @Test func importListsBadFilesAndStoresTheOthers() async throws {
        let folder = try writeClasses()
        _ = try workspace.write("classes/cat/bad.jpg", "text")
        _ = try workspace.write("classes/cat/empty.png", "")
        // The same content twice is one image.
        _ = try workspace.write("classes/dog/again.png", PNGFile.noise(side: 8, seed: 0))
        let (status, text) = try await run("import", folder)
        #expect(status == 1, "\(text)")
        #expect(text.contains("3 images stored, 1 were there already"))
        #expect(text.contains("cat/bad.jpg: ") && text.contains("cat/empty.png: "))
        #expect(text.contains("2 of 6 files could not be stored"))
    }

    @Test func aKilledImportGoesOnWhereItWas() async throws {
        let count = 1500
        for index in 0..<count {
            _ = try workspace.write("many/\(index).png", PNGFile.noise(side: 8, seed: UInt64(index)))
        }
        let arguments = [
            "import", "--database", database, "--model", workspace.model, "--threads", "1", workspace.path("many"),
        ]
        let killed = try Program(arguments)
        while Self.storedImages(database) == 0 { try await Task.sleep(for: .milliseconds(1)) }
        killed.send(SIGKILL)
        #expect(try await killed.status() == -SIGKILL)
        let check = try await run("check")
        #expect(check.status == 0, "\(check.text)")
        let before = try await exported().count
        #expect((1..<count).contains(before))
        let resumed = try Program(arguments)
        #expect(try await resumed.status() == 0)
        #expect(resumed.text.contains("\(count - before) images stored, \(before) were there already"))
    }

    /// How many images another process has committed so far; 0 where there is no such file or table yet.
    private static func storedImages(_ path: String) -> Int {
        // Before there is a log, the other process turns it on, for which it has to be alone.
        guard FileManager.default.fileExists(atPath: path + "-wal") else { return 0 }
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try? DatabaseQueue(path: path, configuration: configuration)
        return (try? queue?.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM images") }) ?? 0
    }

    @Test func bothExportsHaveTheSameNumbersAndLines() async throws {
        #expect(try await run("import", try writeClasses()).status == 0)
        let rows = try await exported()
        #expect(rows.map { $0["id"] as? Int } == [1, 2, 3])
        let npy = try Data(contentsOf: URL(filePath: workspace.path("out/features.npy")))
        let file = workspace.path("features.safetensors")
        let (status, text) = try await run("export", "-o", file)
        #expect(status == 0, "\(text)")
        let features = try #require(try TensorFile.open(URL(filePath: file)).tensors.first).tensor()
        #expect(features.shape == [3, Workspace.architecture.embedDim])
        #expect(features.scalars.withUnsafeBytes { Data($0) } == npy.suffix(features.count * 4))
        #expect(
            try Data(contentsOf: URL(filePath: file + ".jsonl"))
                == Data(contentsOf: URL(filePath: workspace.path("out/images.jsonl"))))
        let unknown = try await run("export", "-o", file, "--fingerprint", "zz")
        #expect(unknown.status == 2)
        #expect(unknown.text.contains("with a fingerprint like zz"))
    }

    @Test func exportOverAFileSaysWhatToName() async throws {
        #expect(try await run("import", try writeClasses()).status == 0)
        let file = try workspace.write("taken", "text")
        let (status, text) = try await run("export", "-o", workspace.path("taken"))
        #expect(status == 2)
        #expect(text.contains("it is a file; name a folder"), "\(text)")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "text")
    }

    @Test func nearDuplicatesTakesEveryCosine() async throws {
        #expect(try await run("import", try writeClasses()).status == 0)
        let (status, text) = try await run("near-duplicates", "--above", "-1")
        #expect(status == 0, "\(text)")
        #expect(text.contains("with a cosine of -1.0 or more"), "\(text)")
        let beyond = try await run("near-duplicates", "--above", "-1.5")
        #expect(beyond.status == 64)
        #expect(beyond.text.contains("from -1 to 1"), "\(beyond.text)")
    }

    @Test func exportRefusesAFingerprintOfSeveralOrOfNone() async throws {
        #expect(try await run("import", try writeClasses()).status == 0)
        let queue = try DatabaseQueue(path: database)
        try await queue.write { db in
            try db.execute(
                sql: "INSERT INTO generations "
                    + "(fingerprint, name, dimensions, grid_height, grid_width, input_size, state, created_at) "
                    + "SELECT substr(fingerprint, 1, 8) || 'x', name, 2, 1, 1, 8, 'building', 0 FROM generations")
        }
        let fingerprint = try #require(
            try await queue.read { try String.fetchOne($0, sql: "SELECT fingerprint FROM generations WHERE id = 1") })
        try queue.close()
        for start in ["", String(fingerprint.prefix(8))] {
            let (status, text) = try await run("export", "-o", workspace.path("out"), "--fingerprint", start)
            #expect(status == 2 && text.contains("or those of several models"), "\(text)")
        }
        let only = try await run("export", "-o", workspace.path("out"), "--fingerprint", String(fingerprint.prefix(9)))
        #expect(only.status == 0, "\(only.text)")
    }

    @Test func aFeatureThatCannotBeSearchedIsLeftOutAndNamed() async throws {
        #expect(try await run("import", try writeClasses()).status == 0)
        let queue = try DatabaseQueue(path: database)
        try await queue.write { db in
            try db.execute(sql: "UPDATE cls_features SET vector = zeroblob(length(vector)) WHERE id & 255 = 1")
            try db.execute(sql: "UPDATE cls_features SET vector = x'00' WHERE id & 255 = 3")
        }
        try queue.close()
        let (status, text) = try await run("near-duplicates")
        #expect(status == 0, "\(text)")
        #expect(text.contains("2 stored features") && text.contains("left out (images 1, 3)"), "\(text)")
        #expect(text.contains("dino-server check"), "\(text)")
    }

    @Test func importCompletesWhatWasStoredWithLess() async throws {
        let folder = try writeClasses()
        #expect(try await run("import", folder, "--no-labels", "--no-originals", "--patches", "none").status == 0)
        let again = try await run("import", folder)
        #expect(again.status == 0 && again.text.contains("0 images stored, 3 were there already"), "\(again.text)")
        let queue = try DatabaseQueue(path: database)
        let counts = try await queue.read { db in
            try ["originals", "patch_features", "images WHERE label IS NOT NULL"].map { table in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)")
            }
        }
        try queue.close()
        #expect(counts == [3, 3, 3])
    }

    @Test func commandsWithoutACollectionSaySo() async throws {
        for command in [["check"], ["export", "-o", workspace.path("out")], ["near-duplicates"]] {
            let missing = try Program(command + ["--database", database])
            #expect(try await missing.status() == 2)
            #expect(missing.text.contains("\(database): there is no such file"), "\(missing.text)")
            #expect(!FileManager.default.fileExists(atPath: database))
            let none = try Program(command + ["--database", "none"])
            #expect(try await none.status() == 2)
            #expect(none.text.contains("There is no collection"), "\(none.text)")
        }
    }

    @Test func checkFindsWhatSQLiteDoesNot() async throws {
        #expect(try await run("import", try writeClasses()).status == 0)
        var file = try Data(contentsOf: URL(filePath: database))
        let original = try #require(file.range(of: PNGFile.noise(side: 8, seed: 1)))
        file[original.upperBound - 60] ^= 1
        try file.write(to: URL(filePath: database))
        let (status, text) = try await run("check")
        #expect(status == 1, "\(text)")
        #expect(text.contains("1 finding"), "\(text)")
    }
}
