import FeatureStorage
import GRDB
import Testing

struct LayoutTests {
    let collection: TemporaryCollection
    init() throws { collection = try TemporaryCollection() }

    private let layout = StoredLayout(
        method: "neighbors", createdAt: 12.5, images: 5, lastImage: 9, ids: [1, 4, 9], x: [0, -1, 1],
        y: [0.5, -0.25, 0])

    @Test func whatIsStoredIsReadAgain() throws {
        let (store, generation) = try collection.open()
        #expect(try store.layout(of: generation) == nil)
        try store.setLayout(layout, of: generation)
        try store.close()
        let (again, _) = try collection.open()
        #expect(try again.layout(of: generation) == layout)
        #expect(try again.layout(of: generation + 1) == nil)
        #expect(try again.findings() == [])
    }

    @Test func anotherTakesItsPlace() throws {
        let (store, generation) = try collection.open()
        try store.setLayout(layout, of: generation)
        let empty = StoredLayout(method: "neighbors", createdAt: 13, images: 0, lastImage: 0, ids: [], x: [], y: [])
        try store.setLayout(empty, of: generation)
        #expect(try store.layout(of: generation) == empty)
    }

    @Test func eachGenerationHasItsOwnWhichGoesWithIt() throws {
        let (store, first) = try collection.open()
        try store.insert(.make(1), first)
        let second = try store.generation(for: .make("second")).id
        try store.setLayout(layout, of: first)
        var other = layout
        other.x = [3, 2, 1]
        try store.setLayout(other, of: second)
        #expect(try store.layout(of: first) == layout)
        try store.drop(second)
        #expect(try store.layout(of: second) == nil)
        #expect(try store.layout(of: first) == layout)
        try store.close()
        #expect(try collection.meddle { try Int.fetchOne($0, sql: "SELECT count(*) FROM layouts") } == 1)
    }

    @Test func ofNoGenerationItIsRefused() throws {
        let (store, _) = try collection.open()
        #expect(throws: StorageError.unknownGeneration(7)) { try store.setLayout(layout, of: 7) }
    }

    @Test(
        arguments: [
            { $0.x.removeLast() }, { $0.y.append(1) }, { $0.ids = [1, 9, 4] }, { $0.ids[0] = 0 }, { $0.lastImage = 8 },
            { $0.images = 2 }, { $0.x[1] = .nan }, { $0.y[2] = .infinity }, { $0.method = "a\0b" },
        ] as [@Sendable (inout StoredLayout) -> Void])
    func whatIsNoLayoutIsRefused(_ spoil: @Sendable (inout StoredLayout) -> Void) throws {
        let (store, generation) = try collection.open()
        var spoilt = layout
        spoil(&spoilt)
        let error = try #require(throws: StorageError.self) { try store.setLayout(spoilt, of: generation) }
        guard case .invalid = error else { return #expect("\(error)" == "invalid") }
        #expect(try store.layout(of: generation) == nil)
    }

    @Test(arguments: [
        "UPDATE layouts SET ids = x'00', x = x'', y = x''",
        "UPDATE layouts SET ids = zeroblob(24)",
        "UPDATE layouts SET x = x'0000C07F0000C07F0000C07F'",
        "UPDATE layouts SET x = zeroblob(8)",
        "UPDATE layouts SET last_image = 3",
    ])
    func aDamagedOneIsAnErrorAndAFinding(sql: String) throws {
        let (store, generation) = try collection.open()
        try store.setLayout(layout, of: generation)
        try store.close()
        try collection.meddle { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: sql)
        }
        let (again, _) = try collection.open()
        let error = try #require(throws: StorageError.self) { try again.layout(of: generation) }
        guard case .corrupt = error else { return #expect("\(error)" == "corrupt") }
        #expect(try again.findings().contains { $0.contains("layout of generation 1") })
    }

    /// The file as the version before wrote it: the same without the table.
    private func makeOldFile() throws -> Int64 {
        let (store, generation) = try collection.open()
        try store.insert(.make(1, label: "cat"), generation)
        try store.close()
        try collection.meddle { db in
            try db.execute(
                sql: "DROP TABLE layouts; DELETE FROM grdb_migrations WHERE identifier = '2'; PRAGMA user_version = 1")
        }
        return generation
    }

    @Test func aFileOfTheVersionBeforeGetsTheTable() throws {
        let generation = try makeOldFile()
        let (store, same) = try collection.open()
        #expect(same == generation)
        #expect(try store.image(1)?.label == "cat")
        #expect(try store.layout(of: generation) == nil)
        try store.setLayout(layout, of: generation)
        #expect(try store.layout(of: generation) == layout)
        #expect(try store.findings() == [])
        try store.close()
        #expect(try collection.meddle { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 2)
    }

    @Test func aFileOfTheVersionBeforeIsNotReadAlone() throws {
        _ = try makeOldFile()
        let error = try #require(throws: StorageError.self) { try collection.open { $0.readOnly = true } }
        #expect("\(error)".contains("open it once for writing"))
    }
}
