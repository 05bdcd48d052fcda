import FeatureStorage
import Foundation
import Testing

struct ScarcityTests {
    let collection: TemporaryCollection
    init() throws { collection = try TemporaryCollection() }

    /// Stores images until that fails; how many there were, and the error.
    private func fill(_ store: FeatureStore, _ generation: Int64) throws -> (stored: Int, error: StorageError) {
        for number in 1...1000 {
            do { try store.insert(.make(number, key: "\(number)", size: 300_000), generation) } catch {
                return (number - 1, try #require(error as? StorageError))
            }
        }
        throw CocoaError(.fileWriteUnknown)
    }

    @Test func aFullFileLosesNothing() throws {
        let (store, generation) = try collection.open { $0.maximumPages = 300 }
        let (stored, error) = try fill(store, generation)
        #expect(error == .full(file: collection.path, doing: "storing images"))
        #expect(stored > 5)
        #expect(try store.count() == stored && store.findings() == [])
        #expect(try store.remove([1, 2]) == [1, 2])
        #expect(try store.insert(.make(2000, size: 300_000), generation).outcome == .stored)
        #expect(try store.findings() == [])
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "mounting a small disk needs root"))
    func aFullDiskLosesNothing() throws {
        try SmallDisk.mounted(over: collection.folder.path, mebibytes: 12) { disk in
            let (store, generation) = try collection.open()
            let (stored, error) = try fill(store, generation)
            #expect(error == .full(file: collection.path, doing: "storing images"))
            #expect(stored > 5)
            let last = NewImage.make(stored, size: 300_000)
            #expect(try store.count() == stored && store.original(Int64(stored)) == last.bytes)
            try? store.close()
            try disk.change("size=40m")
            let (again, _) = try collection.open()
            #expect(try again.count() == stored && again.findings() == [])
            #expect(try again.insert(.make(2000), generation).outcome == .stored)
            try again.close()
        }
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "mounting a small disk needs root"))
    func aDiskThatMayNotBeWrittenIsNamed() throws {
        try SmallDisk.mounted(over: collection.folder.path, mebibytes: 12) { disk in
            try collection.open().0.close()
            try disk.change("ro")
            let error = try #require(throws: StorageError.self) { try FeatureStore.open(collection.path) }
            guard case .readOnly(collection.path, _) = error else { return #expect("\(error)" == "readOnly") }
            var options = FeatureStore.Options()
            options.readOnly = true
            let unread = try #require(throws: StorageError.self) {
                try FeatureStore.open(collection.path, options: options)
            }
            #expect("\(unread)".contains("copy it"))
        }
    }

    @Test(.disabled(if: geteuid() == 0, "root may write everything"))
    func aFileThatMayNotBeWrittenIsNamed() throws {
        try collection.open().0.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: collection.path)
        let error = try #require(throws: StorageError.self) { try FeatureStore.open(collection.path) }
        guard case .readOnly(collection.path, _) = error else { return #expect("\(error)" == "readOnly") }
    }
}
