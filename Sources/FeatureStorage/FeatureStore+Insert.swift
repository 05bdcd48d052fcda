import GRDB

extension FeatureStore {
    /// Stores images with their features under a generation, in one transaction: all of them or none.
    ///
    /// They go in one after the other, each as if it came alone after those before it:
    /// - Without a key, content that is stored is not stored again: the answer is the image with the smallest id that
    ///   has it. Label and metadata that come along are used if that image is without.
    /// - With a key that names an image of the same content, that image is answered, with the label and the metadata
    ///   that came along, if any did.
    /// - With a key that names an image of other content, the new image takes the key and the old image is removed. So
    ///   of two images with one key in one call the last stays.
    /// - With a key that is free it is a new image, whatever else has the same content; the file is kept once.
    ///
    /// An existing image gets the features, or the patch features, that it lacks under the generation, and the file, if
    /// files are kept and its is not there.
    public func insert(_ images: [NewImage], generation: Int64) throws(StorageError) -> [Insertion] {
        var checked: [CheckedImage] = []
        for image in images { checked.append(try CheckedImage(image)) }
        let insertions = try write("storing images") { db in
            let writer = ImageWriter(db: db)
            let features = try FeatureWriter(db, generation: generation)
            return try checked.map { try insert($0, writer, features) }
        }
        let replacesAny = insertions.contains { if case .replaced = $0.outcome { true } else { false } }
        if replacesAny { giveSpaceBack() }
        return insertions
    }

    private func insert(
        _ checked: CheckedImage, _ writer: ImageWriter, _ features: FeatureWriter
    ) throws -> Insertion {
        if let existing = try Self.existing(checked, writer.db) {
            return try update(existing, with: checked, writer, features)
        }
        var outcome = Insertion.Outcome.stored
        if let key = checked.image.key, let old = try ImageRow.find(writer.db, key: key) {
            outcome = .replaced(old.image.id)
            _ = try writer.remove(old.image.id)
        }
        let id = try writer.insert(checked, keepsOriginal: options.keepsOriginals)
        try features.insert(checked.image.features, of: id)
        guard let row = try ImageRow.find(writer.db, id: id) else { throw DatabaseError.damaged("image \(id)") }
        return Insertion(image: row.image, outcome: outcome, labelToken: row.token)
    }

    /// The image that is the given one already.
    private static func existing(_ checked: CheckedImage, _ db: Database) throws -> ImageRow? {
        if let key = checked.image.key {
            return try ImageRow.find(db, where: "images.key = ? AND images.hash = ?", [key, checked.hash])
        }
        return try ImageRow.find(db, where: "images.hash = ? ORDER BY images.id LIMIT 1", [checked.hash])
    }

    private func update(
        _ existing: ImageRow, with checked: CheckedImage, _ writer: ImageWriter, _ features: FeatureWriter
    ) throws -> Insertion {
        let (new, old) = (checked.image, existing.image)
        var change = ImageChange()
        if let label = new.label, new.key != nil || old.label == nil { change.label = .set(label) }
        if let metadata = new.metadata, new.key != nil || old.metadata == nil { change.metadata = .set(metadata) }
        let row = try writer.apply(change, to: existing)
        if options.keepsOriginals { try writer.keepOriginal(checked) }
        try features.complete(new.features, of: old.id)
        return Insertion(image: row.image, outcome: .existing, labelToken: row.token)
    }
}
