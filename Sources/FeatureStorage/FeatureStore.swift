import Foundation
import GRDB
import Synchronization

/// A collection of images and their features, in one SQLite file.
///
/// ```swift
/// let store = try FeatureStore.open("collection.sqlite")
/// let generation = try store.generation(for: model)
/// let stored = try store.insert([image], generation: generation.id)
/// try store.close()
/// ```
///
/// Every function blocks its thread. A write is one transaction, there altogether or not at all, and on the disk when
/// the function returns (WAL, `synchronous = FULL`); writes wait for each other, reads for nobody: each sees the
/// collection as it was when it began. No function may be called inside a closure that another one was given.
public final class FeatureStore: Sendable {
    /// How the collection is opened.
    public struct Options: Sendable {
        /// Whether the files of images are stored, from which another model can embed them again.
        public var keepsOriginals = true
        /// The most reads at a time.
        public var readers = 4
        /// How long to wait for another program that has the file locked.
        public var busyTimeout = Duration.seconds(5)
        /// Whether nothing will be written: the file must be there, and others may read it at the same time.
        public var readOnly = false
        /// The most pages that the file may have, for tests of a full disk.
        package var maximumPages: Int?

        /// The defaults.
        public init() {}
    }

    /// The file.
    public let path: String
    /// How it was opened.
    public let options: Options
    let pool: DatabasePool
    private let lock: Mutex<StoreLock?>
    private let isClosed = Atomic(false)

    /// The collection in the file at `path`, which is made if it is not there, and locked against other processes.
    ///
    /// A file from an older version is brought to this one's schema. A newer one's, another program's, and whatever is
    /// no SQLite file is refused and left as it is.
    public static func open(_ path: String, options: Options = .init()) throws(StorageError) -> FeatureStore {
        guard !options.readOnly || FileManager.default.fileExists(atPath: path) else {
            throw .cannotOpen(file: path, reason: "there is no such file")
        }
        try StoreFile.checkKind(of: path)
        let lock = try StoreLock(of: path, shared: options.readOnly)
        return try FeatureStore(path: path, options: options, lock: lock)
    }

    private init(path: String, options: Options, lock: consuming StoreLock) throws(StorageError) {
        (self.path, self.options) = (path, options)
        do {
            pool = try StoreFile.open(path, options: options)
        } catch {
            throw StorageError(error, doing: "opening the collection", file: path)
        }
        self.lock = Mutex(consume lock)
    }

    /// Ends the use of the file: moves what is in the write-ahead log into it, and lets other processes have it.
    ///
    /// Waits for reads and writes that are under way. Closing again does nothing. If it throws, the file is closed all
    /// the same, and what the log still has is moved when the file is opened the next time.
    public func close() throws(StorageError) {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        defer { lock.withLock { $0 = nil } }
        do {
            defer { try? pool.close() }
            if !options.readOnly {
                try pool.barrierWriteWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            }
            // Readers first: the connection that closes last removes the log, and only the writer's may.
            pool.releaseMemory()
        } catch {
            throw StorageError(error, doing: "closing the collection", file: path)
        }
    }

    /// What `body` makes of one state of the collection; `task` says in an error what failed.
    func read<Value>(_ task: String, _ body: (Database) throws -> Value) throws(StorageError) -> Value {
        try checkOpen()
        do {
            return try pool.read(body)
        } catch {
            throw StorageError(error, doing: task, file: path)
        }
    }

    /// What `body` returns once all it wrote is on the disk, in one transaction.
    func write<Value>(_ task: String, _ body: (Database) throws -> Value) throws(StorageError) -> Value {
        try checkOpen()
        guard !options.readOnly else { throw .readOnly(file: path, doing: task) }
        do {
            return try pool.write(body)
        } catch {
            throw StorageError(error, doing: task, file: path)
        }
    }

    private func checkOpen() throws(StorageError) {
        guard !isClosed.load(ordering: .acquiring) else { throw .closed(file: path) }
    }
}
