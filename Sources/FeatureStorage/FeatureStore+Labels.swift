import GRDB

extension FeatureStore {
    /// The labels that images have, in the order of their tokens, with how many have each.
    ///
    /// A token stands for its label as long as an image has it, and is never another label's. One pass over an index of
    /// the labels.
    public func labels() throws(StorageError) -> [(token: Int32, label: String, count: Int)] {
        try read("listing labels") { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT labels.token, labels.label, counted.images
                    FROM (SELECT label, count(*) AS images FROM images WHERE label IS NOT NULL GROUP BY label) AS counted
                    JOIN labels ON labels.token = counted.label ORDER BY labels.token
                    """)
            var labels: [(token: Int32, label: String, count: Int)] = []
            while let row = try rows.next() {
                labels.append((try row.stored(0), try row.stored(1), try row.stored(2)))
            }
            return labels
        }
    }

    /// The labels of some tokens; those that stand for none are left out. `room` is told the bytes of each before it is kept, and
    /// may throw.
    public func labels(
        of tokens: Set<Int32>, room: (_ bytes: Int) throws -> Void
    ) throws -> [Int32: String] {
        var refusal: (any Error)?
        let labels = try read("reading labels") { db in
            let statement = try db.cachedStatement(sql: "SELECT label FROM labels WHERE token = ?")
            var labels = [Int32: String]()
            for token in tokens {
                guard let label = try String.fetchOne(statement, arguments: [token]) else { continue }
                do { try room(label.utf8.count) } catch {
                    refusal = error
                    break
                }
                labels[token] = label
            }
            return labels
        }
        if let refusal { throw refusal }
        return labels
    }

    /// The token of a label; nil where no image has it.
    public func labelToken(_ label: String) throws(StorageError) -> Int32? {
        guard !label.utf8.contains(0) else { return nil }
        return try read("looking up a label") { db in
            try Int32.fetchOne(db, sql: "SELECT token FROM labels WHERE label = ?", arguments: [label])
        }
    }

    /// Those of `names` that are members of some image's metadata; a look at an index for each.
    public func metadataNames(among names: [String]) throws(StorageError) -> Set<String> {
        try read("looking up the metadata's names") { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM metadata WHERE name = (SELECT id FROM metadata_names WHERE name = ?))
                    """)
            return Set(
                try names.filter { name in
                    try !name.utf8.contains(0) && Bool.fetchOne(statement, arguments: [name]) == true
                })
        }
    }
}
