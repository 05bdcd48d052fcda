import GRDB

extension FeatureStore {
    /// The CLS features, `(D)` each, of those of the images that have one under the generation.
    public func vectors(of ids: [Int64], generation: Int64) throws(StorageError) -> [Int64: [Float]] {
        try read("reading features") { db in
            let dimensions = try Generation.find(db, generation).model.dimensions
            return try Self.features(
                of: ids, generation, try db.cachedStatement(sql: "SELECT vector FROM cls_features WHERE id = ?")
            ) { row in try row.scalars(0, count: dimensions, zero: Float.zero) }
        }
    }

    /// The patch features of those of the images that have them under the generation.
    public func patches(of ids: [Int64], generation: Int64) throws(StorageError) -> [Int64: PatchFeatures] {
        try read("reading patch features") { db in
            let dimensions = try Generation.find(db, generation).model.dimensions
            let statement = try db.cachedStatement(
                sql: "SELECT height, width, scales, patches FROM patch_features WHERE id = ?")
            return try Self.features(of: ids, generation, statement) { row in
                let (height, width): (Int, Int) = (try row.stored(0), try row.stored(1))
                let (patches, overflows) = height.multipliedReportingOverflow(by: width)
                guard !overflows, (1...1 << 20).contains(patches) else { throw DatabaseError.damaged("a patch grid") }
                return PatchFeatures(
                    height: height, width: width, scales: try row.scalars(2, count: patches, zero: Float.zero),
                    values: try row.scalars(3, count: patches * dimensions, zero: Int8.zero))
            }
        }
    }

    private static func features<Value>(
        of ids: [Int64], _ generation: Int64, _ statement: Statement, _ value: (Row) throws -> Value
    ) throws -> [Int64: Value] {
        var features: [Int64: Value] = [:]
        for id in ids where (1...FeatureKey.largestImage).contains(id) {
            let rows = try Row.fetchCursor(statement, arguments: [FeatureKey.row(image: id, generation: generation)])
            if let row = try rows.next() { features[id] = try value(row) }
        }
        return features
    }

    /// Calls `body` with every image's id, its label's token (0 for none) and CLS feature `(D)` under a generation.
    ///
    /// One pass by ascending ids over one state of the collection; what `body` throws ends it and is thrown. A vector is
    /// as it is stored: `body` must not trust it to be finite, and one that has another number of dimensions comes empty.
    /// A gigabyte takes a second or two, no more memory than a row, and keeps the write-ahead log from being emptied for
    /// as long.
    ///
    /// - Returns: The generation and the number of all images in that state.
    @discardableResult
    public func forEachVector(
        of generation: Int64, _ body: (_ id: Int64, _ label: Int32, _ vector: Span<Float>) throws -> Void
    ) throws -> (generation: Generation, images: Int) {
        var bodyError: (any Error)?
        let state = try read("reading the features of generation \(generation)") { db in
            let found = try Generation.find(db, generation)
            var vector = [Float](repeating: 0, count: found.model.dimensions)
            let none = [Float]()
            let rows = try Self.vectorRows(of: generation, db)
            while bodyError == nil, let row = try rows.next() {
                let fits = (try? row.copyScalars(2, to: &vector)) != nil
                let (id, label): (Int64, Int32) = (FeatureKey.image(try row.stored(0)), try row.stored(1))
                do {
                    if fits { try body(id, label, vector.span) } else { try body(id, label, none.span) }
                } catch { bodyError = error }
            }
            return (found, try Int.fetchOne(db, sql: "SELECT count(*) FROM images") ?? 0)
        }
        if let bodyError { throw bodyError }
        return state
    }

    /// The features in the order of their rows, each with the label from the images' short rows in the same order.
    private static func vectorRows(of generation: Int64, _ db: Database) throws -> RowCursor {
        let rows = FeatureKey.rows(of: generation)
        return try Row.fetchCursor(
            db,
            sql: """
                SELECT cls_features.id, COALESCE(images.label, 0), cls_features.vector
                FROM cls_features CROSS JOIN images ON images.id = cls_features.id & \(FeatureKey.largestImage)
                WHERE cls_features.id BETWEEN ? AND ? ORDER BY cls_features.id
                """, arguments: [rows.lowerBound, rows.upperBound])
    }

    /// Stores features of images that are there already, in one transaction.
    ///
    /// Images that are gone are passed over. What an image has under the generation never changes; one that has a CLS
    /// feature and no patch features gets these.
    public func addFeatures(
        _ features: [(id: Int64, features: ImageFeatures)], generation: Int64
    ) throws(StorageError) {
        try write("storing features") { db in
            let writer = try FeatureWriter(db, generation: generation)
            for (id, features) in features { try writer.complete(features, of: id) }
        }
    }

    /// Whether an image has all that one that is stored now would have: features under the generation, patch features
    /// if they are wanted, and its file if the store keeps files.
    public func isComplete(_ id: Int64, generation: Int64, patches: Bool) throws(StorageError) -> Bool {
        guard try imagesWithoutFeatures(generation: generation, patches: patches, after: id - 1, limit: 1).first != id
        else { return false }
        let keepsOriginals = options.keepsOriginals
        return try read("looking for the file of image \(id)") { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM originals WHERE hash = images.hash) FROM images WHERE id = ?
                    """)
            let hasOriginal = try Bool.fetchOne(statement, arguments: [id])
            return hasOriginal.map { $0 || !keepsOriginals } ?? false
        }
    }

    /// The ids after `after` of at most `limit` images that have no features under the generation, ascending.
    ///
    /// - Parameter patches: Whether patch features are wanted: an image without them is one of these too.
    public func imagesWithoutFeatures(
        generation: Int64, patches: Bool = false, after: Int64, limit: Int
    ) throws(StorageError) -> [Int64] {
        let missing = patches ? "patch_features" : "cls_features"
        return try read("looking for images without features") { db in
            _ = try Generation.find(db, generation)
            return try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM images WHERE id > ? AND NOT EXISTS (
                        SELECT 1 FROM \(missing) WHERE \(missing).id = ? | images.id)
                    ORDER BY id LIMIT ?
                    """, arguments: [after, FeatureKey.row(image: 0, generation: generation), max(0, limit)])
        }
    }
}
