import Foundation
import GRDB

extension FeatureStore {
    /// All generations by ascending ids.
    public func generations() throws(StorageError) -> [Generation] {
        try read("listing the generations", Generation.all)
    }

    /// The generation of a model: the one with its fingerprint, or a new one.
    ///
    /// It is made the active one if no image is stored; a new one is `.building` otherwise.
    public func generation(for model: GenerationModel) throws(StorageError) -> Generation {
        guard !model.fingerprint.isEmpty, model.dimensions > 0, !model.fingerprint.utf8.contains(0) else {
            throw .invalid("A model needs a fingerprint and a number of dimensions to store features of.")
        }
        if options.readOnly, let found = try generations().first(where: { $0.model.fingerprint == model.fingerprint }) {
            return found
        }
        return try write("making a generation") { db in
            let found = try Generation.find(db, fingerprint: model.fingerprint)
            if let found, found.model.dimensions != model.dimensions {
                throw StorageError.invalid(
                    "The features stored of model \(model.fingerprint) have \(found.model.dimensions) numbers, "
                        + "this model makes \(model.dimensions): its fingerprint must differ.")
            }
            let id = try found?.id ?? Self.insert(model, db)
            let isEmpty = try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT 1 FROM images)") ?? false
            if isEmpty, found?.state != .active { try Self.activate(id, db) }
            return try Generation.find(db, id)
        }
    }

    /// Has searches answered from this generation from now on; the one before is retired.
    ///
    /// Refused unless every image has features under it, which the same transaction makes sure of.
    public func activate(_ generation: Int64) throws(StorageError) {
        try write("activating generation \(generation)") { db in
            let found = try Generation.find(db, generation)
            guard found.state != .active else { return }
            let images = try Int.fetchOne(db, sql: "SELECT count(*) FROM images") ?? 0
            guard found.count == images else {
                throw StorageError.incompleteGeneration(generation, missing: images - found.count)
            }
            try Self.activate(generation, db)
        }
    }

    /// Deletes a generation with all features under it, and gives their space back.
    ///
    /// It takes many transactions, between which others can write. When one fails, or the process ends, what is left is
    /// a generation that is being built: it can be dropped again, or filled again.
    public func drop(_ generation: Int64) throws(StorageError) {
        while try dropSome(generation) {}
    }

    /// A bounded part of ``drop(_:)``: deletes the features of some images and gives space back, or deletes the
    /// generation once it has none; whether there is more to do.
    ///
    /// Durable when it returns. Some hundredths of a second, for who has others wait for it.
    public func dropSome(_ generation: Int64) throws(StorageError) -> Bool {
        let task = "dropping generation \(generation)"
        if try write(task, { db in try Self.deleteFeatures(of: generation, db) }) {
            giveSpaceBack()
            return true
        }
        if giveSpaceBack() { return true }
        return try write(task) { db in
            let rows = FeatureKey.rows(of: generation)
            try db.execute(
                sql: """
                    DELETE FROM generations WHERE id = ? AND state = 'building' AND NOT EXISTS (
                        SELECT 1 FROM cls_features WHERE id BETWEEN ? AND ?)
                    """, arguments: [generation, rows.lowerBound, rows.upperBound])
            // Others may have added to it meanwhile.
            return db.changesCount == 0
        }
    }

    /// Deletes the features of some images; whether there were any.
    private static func deleteFeatures(of generation: Int64, _ db: Database) throws -> Bool {
        guard try Generation.find(db, generation).state != .active else {
            throw StorageError.activeGeneration(generation)
        }
        try db.execute(
            sql: "UPDATE generations SET state = 'building' WHERE id = ? AND state <> 'building'",
            arguments: [generation])
        let rows = FeatureKey.rows(of: generation)
        try db.execute(
            sql: """
                DELETE FROM cls_features WHERE id IN (
                    SELECT id FROM cls_features WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 128)
                """, arguments: [rows.lowerBound, rows.upperBound])
        return db.changesCount > 0
    }

    private static func insert(_ model: GenerationModel, _ db: Database) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO generations
                    (fingerprint, name, dimensions, grid_height, grid_width, input_size, state, created_at)
                VALUES (?, ?, ?, ?, ?, ?, 'building', ?)
                """,
            arguments: [
                model.fingerprint, model.name, model.dimensions, model.gridHeight, model.gridWidth, model.inputSize,
                Date().timeIntervalSince1970,
            ])
        return db.lastInsertedRowID
    }

    private static func activate(_ id: Int64, _ db: Database) throws {
        try db.execute(sql: "UPDATE generations SET state = 'retired' WHERE state = 'active'")
        try db.execute(
            sql: "UPDATE generations SET state = 'active', activated_at = ? WHERE id = ?",
            arguments: [Date().timeIntervalSince1970, id])
    }
}
