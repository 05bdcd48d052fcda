import GRDB

extension FeatureStore {
    /// The image after a change, as ``update(_:_:ifRevision:)`` makes it, with the token of its label (0 for none); nil where
    /// there is no such image.
    public func changed(
        _ id: Int64, by change: ImageChange
    ) throws(StorageError) -> (image: StoredImage, labelToken: Int32)? {
        try write("changing image \(id)") { db in
            guard let row = try ImageRow.find(db, id: id) else { return nil }
            let changed = try ImageWriter(db: db).apply(change, to: row)
            return (changed.image, changed.token)
        }
    }

    /// The tokens of the labels (0 for none) of those of the images that are there and have no features under the
    /// generation.
    public func labelTokens(
        ofImagesWithoutFeatures ids: [Int64], _ generation: Int64
    ) throws(StorageError) -> [Int64: Int32] {
        try read("looking for images without features") { db in
            let writer = try FeatureWriter(db, generation: generation)
            let statement = try db.cachedStatement(sql: "SELECT COALESCE(label, 0) FROM images WHERE id = ?")
            var tokens: [Int64: Int32] = [:]
            for id in ids where try writer.isMissing(image: id) {
                tokens[id] = try Int32.fetchOne(statement, arguments: [id])
            }
            return tokens
        }
    }

    /// The images with these ids without their metadata, whose documents are not read; those that are not there are left
    /// out.
    public func imagesWithoutMetadata(_ ids: [Int64]) throws(StorageError) -> [Int64: StoredImage] {
        try read("reading images") { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT images.id, images.key, images.hash, images.name, images.media_type, images.byte_count,
                        images.width, images.height, labels.label, NULL, images.created_at, images.updated_at,
                        images.revision, COALESCE(images.label, 0)
                    FROM images LEFT JOIN labels ON labels.token = images.label WHERE images.id = ?
                    """)
            var images: [Int64: StoredImage] = [:]
            for id in ids {
                if let row = try Row.fetchOne(statement, arguments: [id]) { images[id] = try ImageRow(row).image }
            }
            return images
        }
    }
}
