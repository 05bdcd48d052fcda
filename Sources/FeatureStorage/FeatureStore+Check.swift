import GRDB

extension FeatureStore {
    /// A look at everything that is stored: whether the file holds together, the originals are what their hashes say,
    /// every image has what belongs to it, and every feature is one.
    ///
    /// Reads the whole file, in one state of the collection, and repairs nothing. What is wrong is in the report; an
    /// error is thrown only where nothing can be read at all.
    ///
    /// - Parameters:
    ///   - hash: SHA-256 of bytes as 64 hexadecimal digits in lower case.
    ///   - progress: Is told how many of how many steps are done, from time to time and in the end.
    public func check(
        hash: ([UInt8]) -> String, progress: (_ done: Int, _ total: Int) -> Void
    ) throws(StorageError) -> CheckReport {
        var report: CheckReport?
        do {
            try read("checking the collection") { db in
                report = check(db, hash: hash, progress: progress)
            }
        } catch {
            // Where a damaged page was read, even the end of the transaction fails, and all is known by then.
            guard report != nil else { throw error }
        }
        return report ?? CheckReport()
    }

    private func check(
        _ db: Database, hash: ([UInt8]) -> String, progress: (_ done: Int, _ total: Int) -> Void
    ) -> CheckReport {
        var check = CollectionCheck(db: db, file: path)
        check.part("the file") { check, db in try check.structure(db) }
        check.part("the collection's numbers") { check, db in try check.numbers(db) }
        check.part("the originals") { check, db in try check.originals(db, hash: hash, progress: progress) }
        check.part("the images") { check, db in try check.images(db) }
        check.part("the metadata") { check, db in try check.metadata(db) }
        for generation in check.report.generations {
            check.part("generation \(generation.id)") { check, db in
                try check.features(of: generation, db, progress: progress)
            }
            check.part("the layout of generation \(generation.id)") { _, db in
                _ = try StoredLayout.find(db, generation.id)
            }
        }
        check.part("the features") { check, db in try check.orphans(db) }
        progress(check.total, check.total)
        return check.finished()
    }
}

/// A check that is under way.
struct CollectionCheck {
    private let db: Database
    private let file: String
    private(set) var report = CheckReport()
    private var kinds: [String: Int] = [:]
    private var done = 0
    /// Files and features that are to be looked at.
    private(set) var total = 0

    init(db: Database, file: String) { (self.db, self.file) = (db, file) }

    /// Runs a part of the check; that it cannot be finished is a finding too.
    mutating func part(_ what: String, _ body: (inout CollectionCheck, Database) throws -> Void) {
        do {
            try body(&self, db)
        } catch {
            let error = StorageError(error, doing: "checking \(what)", file: file)
            if case .corrupt(_, let task, let reason) = error {
                report.findings.append("\(task) ended early: the file is damaged (\(reason)).")
            } else {
                report.findings.append("\(error)")
            }
        }
    }

    /// Notes what is wrong; of one kind, only the first ones are told one by one.
    mutating func find(_ kind: String, _ sentence: String) {
        kinds[kind, default: 0] += 1
        if kinds[kind, default: 0] <= CheckReport.mostOfAKind { report.findings.append(sentence) }
    }

    /// Notes what is worth knowing.
    mutating func note(_ sentence: String) { report.notes.append(sentence) }

    /// Counts a step.
    mutating func step(_ progress: (Int, Int) -> Void) {
        done += 1
        if done.isMultiple(of: 100) { progress(min(done, total), total) }
    }

    /// The report, with how many findings were not told.
    func finished() -> CheckReport {
        var report = report
        for (kind, count) in kinds.sorted(by: { $0.key < $1.key }) where count > CheckReport.mostOfAKind {
            report.findings.append("There are \(count - CheckReport.mostOfAKind) more findings of this kind: \(kind).")
        }
        return report
    }

    /// SQLite's own checks: pages, indices, rules of the tables, references.
    mutating func structure(_ db: Database) throws {
        for line in try String.fetchAll(db, sql: "PRAGMA integrity_check(100)") where line != "ok" {
            find("damage to the file", "The file is damaged: \(line).")
        }
        let rows = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
        while let row = try rows.next() {
            let (table, parent): (String, String) = (try row.stored(0), try row.stored(2))
            find("rows that refer to nothing", "A row of \(table) refers to one of \(parent) that is not there.")
        }
    }

    /// How much there is.
    mutating func numbers(_ db: Database) throws {
        report.images = try Int.fetchOne(db, sql: "SELECT count(*) FROM images") ?? 0
        report.originals = try Int.fetchOne(db, sql: "SELECT count(*) FROM originals") ?? 0
        report.withoutOriginal =
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM images WHERE NOT EXISTS (
                        SELECT 1 FROM originals WHERE originals.hash = images.hash)
                    """) ?? 0
        report.generations = try Generation.all(db)
        total = report.originals + report.generations.reduce(0) { $0 + $1.count }
        if report.images > 0, !report.generations.contains(where: { $0.state == .active }) {
            find("no active generation", "There are images, but no generation is active: no search can be answered.")
        }
    }
}
