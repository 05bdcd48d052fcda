import GRDB

extension CollectionCheck {
    /// Every file against its hash, its images and their sizes.
    mutating func originals(_ db: Database, hash: ([UInt8]) -> String, progress: (Int, Int) -> Void) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT originals.hash, originals.bytes, min(images.id), min(images.byte_count), max(images.byte_count)
                FROM originals LEFT JOIN images ON images.hash = originals.hash GROUP BY originals.id
                """)
        while let row = try rows.next() {
            let (expected, bytes) = (ContentHash.digits(try row.bytes(0)), try row.bytes(1))
            if let image = try row.storedIfAny(2, as: Int64.self) {
                if hash(bytes) != expected {
                    find("files that changed", "The file of image \(image) is not the one with hash \(expected).")
                }
                for column in [3, 4] where try row.stored(column) != bytes.count {
                    find("sizes that are wrong", "An image with the file of image \(image) says another size of it.")
                    break
                }
            } else {
                find("files of no image", "The file with hash \(expected) belongs to no image.")
            }
            step(progress)
        }
    }

    /// What belongs to every image: a thumbnail, and features of the active generation.
    mutating func images(_ db: Database) throws {
        for id in try Int64.fetchAll(
            db, sql: "SELECT id FROM images WHERE NOT EXISTS (SELECT 1 FROM thumbnails WHERE image_id = images.id)")
        {
            find("images without a thumbnail", "Image \(id) has no thumbnail.")
        }
        guard let active = report.generations.first(where: { $0.state == .active }) else { return }
        let building = report.generations.filter { $0.state == .building }
        var waiting = 0
        let without = try Int64.fetchCursor(
            db,
            sql: """
                SELECT id FROM images WHERE NOT EXISTS (
                    SELECT 1 FROM cls_features WHERE cls_features.id = ? | images.id)
                """, arguments: [FeatureKey.row(image: 0, generation: active.id)])
        while let id = try without.next() {
            // Uploads while another model is loaded are like that.
            if try building.contains(where: { try hasFeatures(id, under: $0, db) }) {
                waiting += 1
            } else {
                find(
                    "images without features",
                    "Image \(id) has no features under the active generation, \(active.id): no search finds it.")
            }
        }
        if waiting > 0 {
            note(
                "\(waiting) image\(waiting == 1 ? " has" : "s have") features under a generation that is being built, and none "
                    + "under the active one, \(active.id): no search finds \(waiting == 1 ? "it" : "them") before "
                    + "`dino-server reindex` with the other model.")
        }
    }

    private func hasFeatures(_ image: Int64, under generation: Generation, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM cls_features WHERE id = ?)")
        let row = FeatureKey.row(image: image, generation: generation.id)
        return try Bool.fetchOne(statement, arguments: [row]) ?? false
    }

    /// Every document against the members by which it is found.
    mutating func metadata(_ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT metadata_names.name, metadata.value FROM metadata
                JOIN metadata_names ON metadata_names.id = metadata.name WHERE metadata.image_id = ?
                """)
        let documents = try Row.fetchCursor(db, sql: "SELECT image_id, json FROM documents")
        while let document = try documents.next() {
            let (id, json): (Int64, String) = (try document.stored(0), try document.stored(1))
            let expected = (try? FlattenedMetadata(json: json))?.rows
            let found = try Row.fetchAll(statement, arguments: [id]).map { row in
                MetadataRow(name: try row.stored(0), value: row[1])
            }
            if Set(found) != expected {
                find("metadata that is not found", "Image \(id) is found by other metadata than it has.")
            }
        }
    }

    /// Every feature of a generation.
    mutating func features(of generation: Generation, _ db: Database, progress: (Int, Int) -> Void) throws {
        let rows = FeatureKey.rows(of: generation.id)
        var vector = [Float](repeating: 0, count: generation.model.dimensions)
        var count = 0
        let features = try Row.fetchCursor(
            db, sql: "SELECT id, vector FROM cls_features WHERE id BETWEEN ? AND ?",
            arguments: [rows.lowerBound, rows.upperBound])
        while let row = try features.next() {
            let id = FeatureKey.image(try row.stored(0))
            let fits = (try? row.copyScalars(1, to: &vector)) != nil
            let objection = ImageFeatures.objection(to: vector.span, dimensions: vector.count)
            if let objection = fits ? objection : "another number of dimensions" {
                find(
                    "features that are none",
                    "The feature of image \(id) under generation \(generation.id) has \(objection).")
            }
            count += 1
            step(progress)
        }
        if count != generation.count {
            find(
                "counts that are wrong",
                "Generation \(generation.id) says that it has \(generation.count) features, and has \(count).")
        }
    }

    /// Features of nothing, and patches that are not what their grid says.
    mutating func orphans(_ db: Database) throws {
        let image = "id & \(FeatureKey.largestImage)"
        let row = "SELECT 1 FROM cls_features WHERE cls_features.id = patch_features.id"
        let faults = [
            ("features of no image", "SELECT count(*) FROM cls_features WHERE \(image) NOT IN (SELECT id FROM images)"),
            (
                "features of no generation",
                "SELECT count(*) FROM cls_features WHERE id >> 40 NOT IN (SELECT id FROM generations)"
            ),
            ("patch features without a CLS feature", "SELECT count(*) FROM patch_features WHERE NOT EXISTS (\(row))"),
            (
                "patch features that are not what their grid says",
                """
                SELECT count(*) FROM patch_features JOIN generations ON generations.id = patch_features.id >> 40
                WHERE length(scales) <> 4 * height * width OR length(patches) <> height * width * dimensions
                """
            ),
        ]
        for (fault, query) in faults {
            let count = try Int.fetchOne(db, sql: query) ?? 0
            if count > 0 { find(fault, "There are \(count) \(fault).") }
        }
    }
}
