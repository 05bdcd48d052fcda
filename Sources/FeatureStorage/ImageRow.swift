import GRDB

/// An image as a query finds it, with the token of its label.
struct ImageRow {
    var image: StoredImage
    /// 0 where it has no label.
    var token: Int32

    /// The query that `init` reads; a condition on `images` follows it.
    static let query = """
        SELECT images.id, images.key, images.hash, images.name, images.media_type, images.byte_count, images.width,
            images.height, labels.label, documents.json, images.created_at, images.updated_at, images.revision,
            COALESCE(images.label, 0)
        FROM images LEFT JOIN labels ON labels.token = images.label LEFT JOIN documents ON documents.image_id = images.id

        """

    init(_ row: Row) throws {
        image = StoredImage(
            id: try row.stored(0), key: try row.storedIfAny(1), contentHash: ContentHash.digits(try row.bytes(2)),
            name: try row.storedIfAny(3), mediaType: try row.stored(4), byteCount: try row.stored(5),
            width: try row.stored(6), height: try row.stored(7), label: try row.storedIfAny(8),
            metadata: try row.storedIfAny(9), createdAt: try row.stored(10), updatedAt: try row.stored(11),
            revision: try row.stored(12))
        token = try row.stored(13)
    }

    /// The image that `condition` finds.
    static func find(_ db: Database, where condition: String, _ arguments: StatementArguments) throws -> ImageRow? {
        let statement = try db.cachedStatement(sql: query + "WHERE " + condition)
        return try Row.fetchOne(statement, arguments: arguments).map { try ImageRow($0) }
    }

    static func find(_ db: Database, id: Int64) throws -> ImageRow? { try find(db, where: "images.id = ?", [id]) }

    static func find(_ db: Database, key: String) throws -> ImageRow? {
        guard !key.utf8.contains(0) else { return nil }
        return try find(db, where: "images.key = ?", [key])
    }
}
