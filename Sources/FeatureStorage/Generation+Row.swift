import GRDB

extension Generation {
    private static let query = """
        SELECT id, fingerprint, name, dimensions, grid_height, grid_width, input_size, state, features, created_at,
            activated_at
        FROM generations

        """

    private init(_ row: Row) throws {
        model = GenerationModel(
            fingerprint: try row.stored(1), name: try row.stored(2), dimensions: try row.stored(3),
            gridHeight: try row.stored(4), gridWidth: try row.stored(5), inputSize: try row.stored(6))
        guard let state = State(rawValue: try row.stored(7)) else {
            throw DatabaseError.damaged("a generation's state")
        }
        (id, self.state, count) = (try row.stored(0), state, try row.stored(8))
        (createdAt, activatedAt) = (try row.stored(9), try row.storedIfAny(10))
    }

    /// All generations by ascending ids.
    static func all(_ db: Database) throws -> [Generation] {
        try Row.fetchAll(db, sql: query + "ORDER BY id").map { try Generation($0) }
    }

    /// The generation with this id.
    static func find(_ db: Database, _ id: Int64) throws -> Generation {
        let statement = try db.cachedStatement(sql: query + "WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { throw StorageError.unknownGeneration(id) }
        return try Generation(row)
    }

    /// The generation of a model, if there is one.
    static func find(_ db: Database, fingerprint: String) throws -> Generation? {
        try Row.fetchOne(db, sql: query + "WHERE fingerprint = ?", arguments: [fingerprint]).map { try Generation($0) }
    }
}
