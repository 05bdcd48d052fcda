import Foundation
import GRDB

/// Writes features under one generation, within one transaction.
struct FeatureWriter {
    private let db: Database
    private let generation: Generation

    init(_ db: Database, generation: Int64) throws {
        self.db = db
        self.generation = try Generation.find(db, generation)
    }

    /// Stores those of the features that the image lacks, if it is there.
    ///
    /// What is there never changes. An image may have been stored without patches and get them later.
    func complete(_ features: ImageFeatures, of image: Int64) throws {
        guard (1...FeatureKey.largestImage).contains(image), try exists(image, in: "images") else { return }
        let row = FeatureKey.row(image: image, generation: generation.id)
        if try !exists(row, in: "cls_features") {
            try insert(features, of: image)
        } else if let patches = features.patches, try !exists(row, in: "patch_features") {
            try check(features, of: image)
            try insert(patches, at: row)
        }
    }

    /// Whether the image is there and has no CLS feature.
    func isMissing(image: Int64) throws -> Bool {
        guard (1...FeatureKey.largestImage).contains(image) else { return false }
        return try exists(image, in: "images")
            && !exists(FeatureKey.row(image: image, generation: generation.id), in: "cls_features")
    }

    private func exists(_ id: Int64, in table: String) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE id = ?)")
        return try Bool.fetchOne(statement, arguments: [id]) ?? false
    }

    private func check(_ features: ImageFeatures, of image: Int64) throws {
        if let objection = features.objection(dimensions: generation.model.dimensions) {
            throw StorageError.invalid("The features of image \(image) cannot be stored: \(objection).")
        }
    }

    /// Stores the features of an image that has none.
    func insert(_ features: ImageFeatures, of image: Int64) throws {
        try check(features, of: image)
        let row = FeatureKey.row(image: image, generation: generation.id)
        try db.cachedStatement(sql: "INSERT INTO cls_features (id, vector) VALUES (?, ?)")
            .execute(arguments: [row, Data(scalars: features.cls)])
        if let patches = features.patches { try insert(patches, at: row) }
    }

    private func insert(_ patches: PatchFeatures, at row: Int64) throws {
        try db.cachedStatement(
            sql: "INSERT INTO patch_features (id, height, width, scales, patches) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            row, patches.height, patches.width, Data(scalars: patches.scales), Data(scalars: patches.values),
        ])
    }
}

extension ImageFeatures {
    /// How far a CLS feature's length may be from 1: more than float32 rounds, and less than an index's bounds allow for,
    /// so that whatever is stored can be searched.
    private static let lengthTolerance = 5e-4

    /// Why these are no features of a model with so many dimensions, or nil.
    func objection(dimensions: Int) -> String? {
        if let objection = Self.objection(to: cls.span, dimensions: dimensions) { return objection }
        guard let patches else { return nil }
        let (count, overflows) = patches.height.multipliedReportingOverflow(by: patches.width)
        guard !overflows, patches.height > 0, count > 0, patches.scales.count == count,
            patches.values.count / dimensions == count, patches.values.count % dimensions == 0
        else {
            return "\(patches.values.count) numbers and \(patches.scales.count) scales of patches, where a grid of "
                + "\(patches.height) × \(patches.width) was announced"
        }
        return patches.scales.allSatisfy { $0.isFinite && $0 >= 0 } ? nil : "a patch's scale that is not finite"
    }

    /// Why this is no CLS feature of a model with so many dimensions, as the object of "it has", or nil.
    public static func objection(to vector: Span<Float>, dimensions: Int) -> String? {
        guard vector.count == dimensions else { return "\(vector.count) numbers, where the model makes \(dimensions)" }
        var square = 0.0
        for index in vector.indices { square += Double(vector[index]) * Double(vector[index]) }
        guard square.isFinite else { return "a number that is not finite" }
        let length = square.squareRoot()
        return abs(length - 1) <= lengthTolerance ? nil : "a length of \(length), not 1"
    }
}
