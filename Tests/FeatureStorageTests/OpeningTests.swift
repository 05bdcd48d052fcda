import FeatureStorage
import Foundation
import GRDB
import Testing

struct OpeningTests {
    let collection: TemporaryCollection
    init() throws { collection = try TemporaryCollection() }

    @Test func aNewFileIsSetUpForBlobsAndForGivingSpaceBack() throws {
        let (store, _) = try collection.open()
        try store.close()
        let names = ["page_size", "auto_vacuum", "journal_mode", "application_id", "user_version"]
        let pragmas = try collection.meddle { db in
            try names.map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        #expect(pragmas == ["16384", "2", "wal", "\(0x4449_4E4F)", "2"])
    }

    @Test func closingLeavesOneFileAndTheLock() throws {
        let (store, generation) = try collection.open()
        try store.insert(.make(1), generation)
        try store.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: collection.folder.path).sorted()
        #expect(files == ["collection.sqlite", "collection.sqlite.lock"])
    }

    @Test func whatWasStoredIsThereAfterOpeningAgain() throws {
        let (first, generation) = try collection.open()
        let image = try first.insert(.make(1, key: "a", label: "cat", metadata: #"{"year":2020}"#), generation).image
        try first.close()
        let (second, again) = try collection.open()
        #expect(again == generation)
        #expect(try second.image(image.id) == image)
        #expect(try second.vectors(of: [image.id], generation: generation) == [image.id: ImageFeatures.make().cls])
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func whatIsNoFileIsRefusedAtOnce(readOnly: Bool) throws {
        var options = FeatureStore.Options()
        options.readOnly = readOnly
        let pipe = collection.folder.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [pipe, collection.folder.path] {
            let error = try #require(throws: StorageError.self) { try FeatureStore.open(path, options: options) }
            guard case .foreign(path, _) = error else { return #expect("\(error)" == "foreign") }
            #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
        }
    }

    @Test func aFileWithASecondNameIsRefused() throws {
        try collection.open().0.close()
        let other = collection.folder.appending(path: "other.sqlite").path
        try FileManager.default.linkItem(atPath: collection.path, toPath: other)
        for path in [collection.path, other] {
            let error = try #require(throws: StorageError.self) { try FeatureStore.open(path) }
            #expect(error.description.contains("2 names"), "\(error)")
        }
        try FileManager.default.removeItem(atPath: other)
        try collection.open().0.close()
    }

    @Test func closingAgainDoesNothingAndLaterCallsAreRefused() throws {
        let (store, generation) = try collection.open()
        try store.close()
        try store.close()
        #expect(throws: StorageError.closed(file: collection.path)) { try store.image(1) }
        #expect(throws: StorageError.closed(file: collection.path)) { try store.insert(.make(1), generation) }
    }

    @Test func aSecondOpeningIsRefusedAndNamesTheHolder() throws {
        let (store, _) = try collection.open()
        let error = try #require(throws: StorageError.self) { try FeatureStore.open(collection.path) }
        #expect(error == .inUse(file: collection.path, holder: getpid()))
        #expect("\(error)".contains("stop the server"))
        var reading = FeatureStore.Options()
        reading.readOnly = true
        #expect(throws: error) { try FeatureStore.open(collection.path, options: reading) }
        try store.close()
        try FeatureStore.open(collection.path).close()
    }

    @Test func aLinkToTheFileIsTheSameFile() throws {
        let link = collection.folder.appending(path: "link.sqlite").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "collection.sqlite")
        // The link is there before the file.
        let store = try FeatureStore.open(link)
        #expect(throws: StorageError.inUse(file: collection.path, holder: getpid())) {
            try FeatureStore.open(collection.path)
        }
        try store.close()
        let (again, _) = try collection.open()
        #expect(throws: StorageError.inUse(file: link, holder: getpid())) { try FeatureStore.open(link) }
        try again.close()
        #expect(!FileManager.default.fileExists(atPath: link + ".lock"))
    }

    @Test func readersShareTheFileAndWriteNothing() throws {
        let (writer, generation) = try collection.open()
        let id = try writer.insert(.make(1), generation).image.id
        try writer.close()
        let before = try collection.bytes()
        let (first, _) = try collection.open { $0.readOnly = true }
        let (second, _) = try collection.open { $0.readOnly = true }
        #expect(try first.image(id) != nil && second.image(id) != nil)
        let error = try #require(throws: StorageError.self) { try first.remove([id]) }
        #expect(error == .readOnly(file: collection.path, doing: "removing images"))
        #expect(throws: StorageError.self) { try FeatureStore.open(collection.path) }
        try first.close()
        try second.close()
        #expect(try collection.bytes() == before)
    }

    @Test func readingNeedsAFileWithACollection() throws {
        var options = FeatureStore.Options()
        options.readOnly = true
        #expect(throws: StorageError.cannotOpen(file: collection.path, reason: "there is no such file")) {
            try FeatureStore.open(collection.path, options: options)
        }
        try Data().write(to: URL(filePath: collection.path))
        let error = try #require(throws: StorageError.self) {
            try FeatureStore.open(collection.path, options: options)
        }
        guard case .cannotOpen = error else { return #expect("\(error)" == "cannotOpen") }
    }

    @Test func aFolderThatIsNotThereIsNamed() throws {
        let path = collection.folder.appending(path: "missing/collection.sqlite").path
        let error = try #require(throws: StorageError.self) { try FeatureStore.open(path) }
        guard case .cannotOpen(path, _) = error else { return #expect("\(error)" == "cannotOpen") }
        #expect("\(error)".contains("No such file or directory"))
    }

    @Test func refusesANewerFileAndLeavesItAsItIs() throws {
        try collection.open().0.close()
        try collection.meddle { try $0.execute(sql: "PRAGMA user_version = 7") }
        let before = try collection.bytes()
        let error = try #require(throws: StorageError.self) { try FeatureStore.open(collection.path) }
        #expect(error == .newerVersion(file: collection.path, version: 7, known: 2))
        #expect(try collection.bytes() == before)
    }

    @Test(arguments: [
        "CREATE TABLE notes (text)", "PRAGMA application_id = 5", "PRAGMA user_version = 3",
        "CREATE TABLE notes (text); DROP TABLE notes",
    ])
    func refusesAnotherProgramsDatabaseAndLeavesItAsItIs(sql: String) throws {
        try collection.meddle { try $0.execute(sql: sql) }
        let before = try collection.bytes()
        let error = try #require(throws: StorageError.self) { try FeatureStore.open(collection.path) }
        #expect(error == .foreign(file: collection.path, reason: "it is another program's SQLite file"))
        #expect(try collection.bytes() == before)
    }

    @Test(arguments: [2, 99, 100, 511, 5000])
    func refusesAFileThatIsNoDatabaseAndLeavesItAsItIs(length: Int) throws {
        let bytes = Data(repeating: 0x41, count: length)
        try bytes.write(to: URL(filePath: collection.path))
        let error = try #require(throws: StorageError.self) { try FeatureStore.open(collection.path) }
        #expect(error == .foreign(file: collection.path, reason: "it is no SQLite file"))
        #expect(try collection.bytes() == bytes)
    }

    @Test func goesOnWithAFileThatWasBegunAndNotFinished() throws {
        try collection.meddle { db in
            try db.execute(sql: "PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
        }
        #expect(try collection.length() > 0)
        let (store, generation) = try collection.open()
        try store.insert(.make(1), generation)
        #expect(try store.findings() == [])
    }
}
