import Foundation
import GRDB

/// The file of a collection: how it is recognised, made and set up.
enum StoreFile {
    /// "DINO", which `file` and other programs read from the header.
    static let applicationID: Int32 = 0x4449_4E4F
    /// Bytes of a page of a new file.
    ///
    /// A page should hold whole vectors with little left over: 16 KiB have room for 21 of 192 numbers, 10 of 384, 5 of
    /// 768 and 3 of 1024, at least three quarters of it, where 4 KiB have room for 5, 2, 1 and none.
    static let pageSize = 16384
    /// The length that the write-ahead log is cut to after a long transaction.
    static let journalBytes = 64 << 20

    /// Refuses what is there and no regular file: SQLite would wait for a pipe's other end for ever, and of a folder say that
    /// the disk has an error. A file with a second name is refused too: log and lock go by the name, so whoever opened it by
    /// the other would not see them, and overwrite what is acknowledged (https://sqlite.org/howtocorrupt.html, 2.5).
    static func checkKind(of path: String) throws(StorageError) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        switch status.st_mode & S_IFMT {
        case S_IFREG where status.st_nlink > 1:
            throw .foreign(
                file: path,
                reason: "it has \(status.st_nlink) names (hard links), of which one has to be enough: remove the others"
            )
        case S_IFREG: return
        case S_IFDIR: throw .foreign(file: path, reason: "it is a folder")
        default: throw .foreign(file: path, reason: "it is a pipe, a socket or a device")
        }
    }

    /// The connections to the file; of a new one, or an older version's, with this version's schema.
    static func open(_ path: String, options: FeatureStore.Options) throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: configuration(path, options))
        guard !options.readOnly else {
            try pool.read { db in
                guard try Int.fetchOne(db, sql: "PRAGMA user_version") == Schema.version else {
                    throw StorageError.cannotOpen(
                        file: path,
                        reason: "it is empty or an older version's; open it once for writing, with the server")
                }
            }
            return pool
        }
        try pool.writeWithoutTransaction { db in
            // Only now: opening a pool sets NORMAL, with which the last commits before a power cut may be lost.
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA secure_delete = FAST")
            try db.execute(sql: "PRAGMA journal_size_limit = \(journalBytes)")
            if try Int32.fetchOne(db, sql: "PRAGMA application_id") != applicationID {
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            }
            if let pages = options.maximumPages { try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
        }
        try Schema.migrator.migrate(pool)
        return pool
    }

    private static func configuration(_ path: String, _ options: FeatureStore.Options) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = options.readOnly
        configuration.maximumReaderCount = max(1, options.readers)
        configuration.busyMode = .timeout(options.busyTimeout / .seconds(1))
        configuration.foreignKeysEnabled = true
        configuration.label = "FeatureStorage"
        configuration.prepareDatabase { db in
            // A page that contradicts itself is an error where it is read, and what sorting spills stays in memory.
            try db.execute(
                sql: "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY")
            try recognize(db, path: path)
        }
        return configuration
    }

    /// Refuses a file that is not this program's to write, before anything is written.
    private static func recognize(_ db: Database, path: String) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == applicationID {
            guard version <= Schema.version else {
                throw StorageError.newerVersion(file: path, version: version, known: Schema.version)
            }
        } else if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
            guard !db.configuration.readonly else { return }
            // Both are fixed by the first page that is written.
            try db.execute(sql: "PRAGMA page_size = \(pageSize); PRAGMA auto_vacuum = INCREMENTAL")
        } else {
            // A file without tables and set up as above was begun by this program, which then was stopped.
            guard application == 0, version == 0, try isNew(db), try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2
            else { throw StorageError.foreign(file: path, reason: "it is another program's SQLite file") }
        }
    }

    private static func isNew(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)") ?? true
    }
}
