import GRDB

extension FeatureStore {
    /// The image after a change of its key, label or metadata; nil where there is no such image.
    ///
    /// A change that changes nothing leaves the revision as it is. A key that another image has is an error.
    ///
    /// - Parameter ifRevision: The revision that the image must have, or `.revisionMismatch` is thrown.
    public func update(
        _ id: Int64, _ change: ImageChange, ifRevision: Int? = nil
    ) throws(StorageError) -> StoredImage? {
        try write("changing image \(id)") { db in
            guard let row = try ImageRow.find(db, id: id) else { return nil }
            if let ifRevision, row.image.revision != ifRevision {
                throw StorageError.revisionMismatch(id: id, expected: ifRevision, actual: row.image.revision)
            }
            return try ImageWriter(db: db).apply(change, to: row).image
        }
    }

    /// Gives labels to those of the images that are there and have none, in one transaction.
    public func addLabels(_ labels: [(id: Int64, label: String)]) throws(StorageError) {
        try write("labelling images") { db in
            let writer = ImageWriter(db: db)
            for (id, label) in labels {
                guard let row = try ImageRow.find(db, id: id), row.token == 0 else { continue }
                _ = try writer.apply(ImageChange(label: .set(label)), to: row)
            }
        }
    }

    /// Removes images with all that belongs to them, in one transaction; the ids of those that were there.
    ///
    /// A file that another image has as well stays. Space is given back to the disk, but for a mebibyte for what comes
    /// next, and at most 32 MiB in one call; where that fails, or leaves some, it is used for what comes next, or given
    /// back the next time.
    public func remove(_ ids: [Int64]) throws(StorageError) -> [Int64] {
        let removed = try write("removing images") { db in
            let writer = ImageWriter(db: db)
            return try ids.filter { try writer.remove($0) }
        }
        if !removed.isEmpty { giveSpaceBack() }
        return removed
    }

    /// Shortens the file by its free pages, in four short transactions at most, between which others can write; whether
    /// there are more pages to give back.
    ///
    /// Bounded, because whoever deletes one image must not wait for the space of all that was deleted before. Failing is
    /// no error: the pages stay free, to be used or given back later.
    @discardableResult func giveSpaceBack() -> Bool {
        let keptPages = 64
        for _ in 0..<4 {
            let isDone =
                (try? pool.writeWithoutTransaction { db in
                    let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
                    guard free > keptPages else { return true }
                    try db.execute(sql: "PRAGMA incremental_vacuum(\(min(free - keptPages, 512)))")
                    let left = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
                    // The file itself becomes shorter when the log is moved into it.
                    if left <= keptPages { _ = try db.checkpoint(.passive) }
                    return left >= free || left <= keptPages
                }) ?? true
            if isDone { return false }
        }
        return true
    }
}
