import Foundation
import GRDB

extension FeatureStore {
    /// Stores a layout of the images of a generation, in place of the one before; it goes with its generation.
    public func setLayout(_ layout: StoredLayout, of generation: Int64) throws(StorageError) {
        if let objection = layout.objection { throw .invalid("A layout cannot be stored: it has \(objection).") }
        try CheckedImage.check(layout.method)
        try write("storing the layout of generation \(generation)") { db in
            _ = try Generation.find(db, generation)
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO layouts
                        (generation, method, created_at, images, last_image, ids, x, y)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    generation, layout.method, layout.createdAt, layout.images, layout.lastImage,
                    Data(scalars: layout.ids), Data(scalars: layout.x), Data(scalars: layout.y),
                ])
        }
    }

    /// When the layout of a generation was made, and of how many images; nil where there is none. Reads no coordinates.
    public func layoutSummary(of generation: Int64) throws(StorageError) -> LayoutSummary? {
        try read("looking for the layout of generation \(generation)") { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT created_at, length(ids) / 8 FROM layouts WHERE generation = ?",
                arguments: [generation])
            return try rows.next().map { LayoutSummary(createdAt: try $0.stored(0), count: try $0.stored(1)) }
        }
    }

    /// The layout of the images of a generation; nil where there is none.
    public func layout(of generation: Int64) throws(StorageError) -> StoredLayout? {
        try read("reading the layout of generation \(generation)") { db in try StoredLayout.find(db, generation) }
    }
}

extension StoredLayout {
    /// The layout of a generation, or an error where a damaged file has something else there.
    static func find(_ db: Database, _ generation: Int64) throws -> StoredLayout? {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT method, created_at, images, last_image, length(ids) / 8, ids, x, y FROM layouts
                WHERE generation = ?
                """, arguments: [generation])
        guard let row = try rows.next() else { return nil }
        let count: Int = try row.stored(4)
        let layout = StoredLayout(
            method: try row.stored(0), createdAt: try row.stored(1), images: try row.stored(2),
            lastImage: try row.stored(3), ids: try row.scalars(5, count: count, zero: Int64.zero),
            x: try row.scalars(6, count: count, zero: Float.zero),
            y: try row.scalars(7, count: count, zero: Float.zero))
        guard layout.objection == nil else { throw DatabaseError.damaged("the layout of a generation") }
        return layout
    }
}
