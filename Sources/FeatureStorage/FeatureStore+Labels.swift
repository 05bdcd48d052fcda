import GRDB

extension FeatureStore {
    /// The labels that images have, in the order of their tokens, with how many have each.
    ///
    /// A token stands for its label for ever, also once no image has it. One pass over an index of the labels.
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

    /// The token of a label; nil where no image ever had it.
    public func labelToken(_ label: String) throws(StorageError) -> Int32? {
        guard !label.utf8.contains(0) else { return nil }
        return try read("looking up a label") { db in
            try Int32.fetchOne(db, sql: "SELECT token FROM labels WHERE label = ?", arguments: [label])
        }
    }

    /// The names of the members that some image's metadata has, in the order of their bytes.
    public func metadataNames() throws(StorageError) -> [String] {
        try read("listing the metadata's names") { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM metadata_names
                    WHERE EXISTS (SELECT 1 FROM metadata WHERE metadata.name = metadata_names.id) ORDER BY name
                    """)
        }
    }
}
