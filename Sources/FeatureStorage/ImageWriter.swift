import Foundation
import GRDB

/// Writes rows of images, within one transaction.
struct ImageWriter {
    let db: Database
    let now = Date().timeIntervalSince1970

    /// A new image's rows, but for its features; its id.
    func insert(_ checked: CheckedImage, keepsOriginal: Bool) throws -> Int64 {
        let image = checked.image
        try db.cachedStatement(
            sql: """
                INSERT INTO images
                    (key, hash, name, media_type, byte_count, width, height, label, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            image.key, checked.hash, image.name, image.mediaType, image.bytes.count, image.width, image.height,
            try image.label.map(token), now, now,
        ])
        let id = db.lastInsertedRowID
        try db.cachedStatement(sql: "INSERT INTO thumbnails (image_id, jpeg) VALUES (?, ?)")
            .execute(arguments: [id, Data(image.thumbnail)])
        if let metadata = image.metadata { try insert(metadata: metadata, of: id) }
        if keepsOriginal { try keepOriginal(checked) }
        return id
    }

    /// Stores the file, unless it is there.
    func keepOriginal(_ checked: CheckedImage) throws {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM originals WHERE hash = ?)")
        guard try Bool.fetchOne(statement, arguments: [checked.hash]) == false else { return }
        try db.cachedStatement(sql: "INSERT INTO originals (hash, bytes) VALUES (?, ?)")
            .execute(arguments: [checked.hash, Data(checked.image.bytes)])
    }

    /// Deletes an image; the schema sees to everything that belongs to it alone. Whether it was there.
    func remove(_ id: Int64) throws -> Bool {
        let names = try nameIDs(of: id)
        let label = try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT label FROM images WHERE id = ?"), arguments: [id])
        try db.cachedStatement(sql: "DELETE FROM images WHERE id = ?").execute(arguments: [id])
        guard db.changesCount > 0 else { return false }
        try forget(names: names)
        if let label { try forget(label: label) }
        return true
    }

    /// The image after a change, which counts as one only if a value differs.
    func apply(_ change: ImageChange, to row: ImageRow) throws -> ImageRow {
        var changed = row.image
        changed.key = change.key.applied(to: changed.key)
        changed.label = change.label.applied(to: changed.label)
        changed.metadata = change.metadata.applied(to: changed.metadata)
        guard changed != row.image else { return row }
        for text in [changed.key, changed.label] { try CheckedImage.check(text) }
        if let key = changed.key, let other = try ImageRow.find(db, key: key), other.image.id != changed.id {
            throw StorageError.keyTaken(key: key, by: other.image.id)
        }
        changed.revision += 1
        changed.updatedAt = now
        let token = try changed.label.map(token)
        try db.cachedStatement(
            sql: "UPDATE images SET key = ?, label = ?, updated_at = ?, revision = ? WHERE id = ?"
        ).execute(arguments: [changed.key, token, now, changed.revision, changed.id])
        if changed.metadata != row.image.metadata { try replace(metadata: changed.metadata, of: changed.id) }
        if row.token != 0, row.token != token { try forget(label: Int64(row.token)) }
        return ImageRow(image: changed, token: token ?? 0)
    }

    private func replace(metadata: String?, of id: Int64) throws {
        let names = try nameIDs(of: id)
        for table in ["documents", "metadata"] {
            try db.cachedStatement(sql: "DELETE FROM \(table) WHERE image_id = ?").execute(arguments: [id])
        }
        if let metadata { try insert(metadata: metadata, of: id) }
        try forget(names: names)
    }

    private func nameIDs(of image: Int64) throws -> [Int64] {
        try Int64.fetchAll(
            try db.cachedStatement(sql: "SELECT DISTINCT name FROM metadata WHERE image_id = ?"), arguments: [image])
    }

    /// Deletes those names of members that no image has any more.
    private func forget(names: [Int64]) throws {
        let statement = try db.cachedStatement(
            sql: "DELETE FROM metadata_names WHERE id = ? AND NOT EXISTS (SELECT 1 FROM metadata WHERE name = ?)")
        for name in names { try statement.execute(arguments: [name, name]) }
    }

    /// Deletes a label that no image has any more. Its token is never used again.
    private func forget(label: Int64) throws {
        try db.cachedStatement(
            sql: "DELETE FROM labels WHERE token = ? AND NOT EXISTS (SELECT 1 FROM images WHERE label = ?)"
        ).execute(arguments: [label, label])
    }

    private func insert(metadata: String, of id: Int64) throws {
        let rows = try FlattenedMetadata(json: metadata).rows
        try db.cachedStatement(sql: "INSERT INTO documents (image_id, json) VALUES (?, ?)")
            .execute(arguments: [id, metadata])
        let statement = try db.cachedStatement(
            sql: "INSERT INTO metadata (name, value, image_id) VALUES (?, ?, ?)")
        for row in rows { try statement.execute(arguments: [try nameID(row.name), row.value, id]) }
    }

    private func nameID(_ name: String) throws -> Int64 {
        try number("id", of: name, column: "name", in: "metadata_names")
    }

    private func token(_ label: String) throws -> Int32 {
        guard let token = Int32(exactly: try number("token", of: label, column: "label", in: "labels")) else {
            throw StorageError.invalid("There are more labels than can be numbered.")
        }
        return token
    }

    /// The number that stands for a text in a table of texts, given out the first time.
    private func number(_ id: String, of text: String, column: String, in table: String) throws -> Int64 {
        let find = try db.cachedStatement(sql: "SELECT \(id) FROM \(table) WHERE \(column) = ?")
        if let known = try Int64.fetchOne(find, arguments: [text]) { return known }
        try db.cachedStatement(sql: "INSERT INTO \(table) (\(column)) VALUES (?)").execute(arguments: [text])
        return db.lastInsertedRowID
    }
}

extension ImageRow {
    init(image: StoredImage, token: Int32) { (self.image, self.token) = (image, token) }
}

extension ImageChange.Value {
    fileprivate func applied(to value: String?) -> String? {
        switch self {
        case .keep: value
        case .remove: nil
        case .set(let new): new
        }
    }
}
