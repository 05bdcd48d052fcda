import GRDB

extension FeatureStore {
    /// The image with this id, or nil.
    public func image(_ id: Int64) throws(StorageError) -> StoredImage? {
        try read("reading image \(id)") { db in try ImageRow.find(db, id: id)?.image }
    }

    /// The image with this key, or nil.
    public func image(key: String) throws(StorageError) -> StoredImage? {
        try read("reading an image by its key") { db in try ImageRow.find(db, key: key)?.image }
    }

    /// The image with this content; of several the one with the smallest id.
    public func image(contentHash: String) throws(StorageError) -> StoredImage? {
        guard let hash = ContentHash.bytes(contentHash) else { return nil }
        return try read("reading an image by its hash") { db in
            try ImageRow.find(db, where: "images.hash = ? ORDER BY images.id LIMIT 1", [hash])?.image
        }
    }

    /// The images with these ids; those that are not there are left out.
    public func images(_ ids: [Int64]) throws(StorageError) -> [Int64: StoredImage] {
        try read("reading images") { db in
            var images: [Int64: StoredImage] = [:]
            for id in ids { images[id] = try ImageRow.find(db, id: id)?.image }
            return images
        }
    }

    /// The images of a page, by ascending ids.
    ///
    /// A listing that goes on after the last id it got sees each image that is there all the time exactly once.
    public func list(_ query: ListQuery) throws(StorageError) -> [StoredImage] {
        let (sql, arguments) = try Self.page(query)
        return try read("listing images") { db in
            var images: [StoredImage] = []
            let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
            while let row = try rows.next() { images.append(try ImageRow(row).image) }
            return images
        }
    }

    /// How SQLite goes about listing a page, a line for each step, for tests.
    package func listingPlan(_ query: ListQuery) throws(StorageError) -> [String] {
        let (sql, arguments) = try Self.page(query)
        return try read("planning a list") { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments).map { try $0.stored(3) }
        }
    }

    /// The query for a page: first its ids, then what belongs to these alone.
    private static func page(_ query: ListQuery) throws(StorageError) -> (sql: String, arguments: StatementArguments) {
        var filter = try FilterSQL(query.filter, for: .page)
        filter.append("\(filter.id) > ?", [query.after.databaseValue])
        let ids = "SELECT \(filter.id) FROM \(filter.source) \(filter.clause) ORDER BY \(filter.id) LIMIT ?"
        return (
            ImageRow.query + "WHERE images.id IN (\(ids)) ORDER BY images.id",
            StatementArguments(filter.arguments + [max(0, query.limit).databaseValue])
        )
    }

    /// How many images a filter lets through.
    public func count(matching filter: ImageFilter = .init()) throws(StorageError) -> Int {
        let filter = try FilterSQL(filter, for: .all)
        return try read("counting images") { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM images \(filter.clause)",
                arguments: StatementArguments(filter.arguments)) ?? 0
        }
    }

    /// The images that a filter lets through, by ascending ids.
    public func ids(matching filter: ImageFilter) throws(StorageError) -> [Int64] {
        let filter = try FilterSQL(filter, for: .all)
        return try read("filtering images") { db in
            try Int64.fetchAll(
                db, sql: "SELECT images.id FROM images \(filter.clause) ORDER BY images.id",
                arguments: StatementArguments(filter.arguments))
        }
    }

    /// The file of an image as it came; nil where there is no such image or its file is not kept.
    public func original(_ id: Int64) throws(StorageError) -> [UInt8]? {
        try blob(
            of: id, "reading the original of image \(id)",
            "SELECT originals.bytes FROM images JOIN originals ON originals.hash = images.hash WHERE images.id = ?")
    }

    /// The small JPEG of an image; nil where there is no such image.
    public func thumbnail(_ id: Int64) throws(StorageError) -> [UInt8]? {
        try blob(of: id, "reading the thumbnail of image \(id)", "SELECT jpeg FROM thumbnails WHERE image_id = ?")
    }

    private func blob(of id: Int64, _ task: String, _ sql: String) throws(StorageError) -> [UInt8]? {
        try read(task) { db in
            let rows = try Row.fetchCursor(try db.cachedStatement(sql: sql), arguments: [id])
            return try rows.next()?.bytes(0)
        }
    }
}
