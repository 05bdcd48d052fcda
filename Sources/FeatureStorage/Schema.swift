import GRDB

/// The tables of the file.
enum Schema {
    /// Counts the migrations, and stands in the file's header. A file with a larger one is not touched.
    static let version = 2

    /// What brings a file from any older version to this one, each step in a transaction.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: images + derived + metadata + generations + features + removal)
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: layouts)
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        return migrator
    }

    // Rows are short, so that a pass over all labels reads little; what is long stands in tables of its own. Ids are
    // never used again (AUTOINCREMENT), because clients and the index in memory hold on to them.
    private static let images = """
        CREATE TABLE labels (
            token INTEGER PRIMARY KEY AUTOINCREMENT,
            label TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE images (
            id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id < 1 << 40),
            key TEXT UNIQUE,
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            name TEXT,
            media_type TEXT NOT NULL,
            byte_count INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            label INTEGER REFERENCES labels (token),
            created_at REAL NOT NULL,
            updated_at REAL NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1
        ) STRICT;
        CREATE INDEX images_by_hash ON images (hash);
        CREATE INDEX images_by_label ON images (label);

        """

    private static let derived = """
        CREATE TABLE originals (
            id INTEGER PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            bytes BLOB NOT NULL
        ) STRICT;
        CREATE TABLE thumbnails (
            image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
            jpeg BLOB NOT NULL
        ) STRICT;

        """

    // The JSON as it came, and its members by name and value, in the order in which SQLite compares: numbers, then
    // strings, then blobs (see `MetadataValue`). Objects and arrays have a blob for all their value.
    private static let metadata = """
        CREATE TABLE documents (
            image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
            json TEXT NOT NULL
        ) STRICT;
        CREATE TABLE metadata_names (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE metadata (
            name INTEGER NOT NULL REFERENCES metadata_names (id),
            value ANY NOT NULL,
            image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
            PRIMARY KEY (name, value, image_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX metadata_by_image ON metadata (image_id);

        """

    private static let generations = """
        CREATE TABLE generations (
            id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id < 1 << 22),
            fingerprint TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            dimensions INTEGER NOT NULL CHECK (dimensions > 0),
            grid_height INTEGER NOT NULL,
            grid_width INTEGER NOT NULL,
            input_size INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('building', 'active', 'retired')),
            features INTEGER NOT NULL DEFAULT 0 CHECK (features >= 0),
            created_at REAL NOT NULL,
            activated_at REAL
        ) STRICT;
        CREATE UNIQUE INDEX one_active_generation ON generations (state) WHERE state = 'active';

        """

    // `id` is the generation's number · 2⁴⁰ + the image's (see `FeatureKey`): one generation is one ascending run of
    // pages, rows are as long as they like (in a table without rowid, those beyond a quarter of a page would be split),
    // and no index is needed. The price is that images cannot be referred to; triggers do what references would.
    private static let features = """
        CREATE TABLE cls_features (
            id INTEGER PRIMARY KEY,
            vector BLOB NOT NULL
        ) STRICT;
        CREATE TABLE patch_features (
            id INTEGER PRIMARY KEY,
            height INTEGER NOT NULL,
            width INTEGER NOT NULL,
            scales BLOB NOT NULL,
            patches BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER cls_features_insert AFTER INSERT ON cls_features BEGIN
            SELECT RAISE(ABORT, 'features of no image') WHERE NOT EXISTS (
                SELECT 1 FROM images WHERE id = NEW.id & ((1 << 40) - 1));
            SELECT RAISE(ABORT, 'features of no generation') WHERE NOT EXISTS (
                SELECT 1 FROM generations WHERE id = NEW.id >> 40);
            UPDATE generations SET features = features + 1 WHERE id = NEW.id >> 40;
        END;
        CREATE TRIGGER cls_features_delete AFTER DELETE ON cls_features BEGIN
            DELETE FROM patch_features WHERE id = OLD.id;
            UPDATE generations SET features = features - 1 WHERE id = OLD.id >> 40;
        END;
        CREATE TRIGGER patch_features_insert AFTER INSERT ON patch_features BEGIN
            SELECT RAISE(ABORT, 'patches without a CLS feature') WHERE NOT EXISTS (
                SELECT 1 FROM cls_features WHERE id = NEW.id);
        END;

        """

    // Three columns of one length: the images' ids as int64, their coordinates as float32, little-endian.
    private static let layouts = """
        CREATE TABLE layouts (
            generation INTEGER PRIMARY KEY REFERENCES generations (id) ON DELETE CASCADE,
            method TEXT NOT NULL,
            created_at REAL NOT NULL,
            images INTEGER NOT NULL,
            last_image INTEGER NOT NULL,
            ids BLOB NOT NULL,
            x BLOB NOT NULL CHECK (2 * length(x) = length(ids)),
            y BLOB NOT NULL CHECK (length(y) = length(x))
        ) STRICT;

        """

    private static let removal = """
        CREATE TRIGGER images_delete AFTER DELETE ON images BEGIN
            DELETE FROM cls_features WHERE id IN (SELECT generations.id << 40 | OLD.id FROM generations);
            DELETE FROM originals WHERE hash = OLD.hash AND NOT EXISTS (SELECT 1 FROM images WHERE hash = OLD.hash);
        END;

        """
}

/// The row of an image's features under a generation.
enum FeatureKey {
    private static let imageBits: Int64 = 40
    /// The largest id that an image can have.
    static let largestImage: Int64 = 1 << imageBits - 1

    /// The row; both numbers are ones that the file gave out, which its schema keeps below 2²² and 2⁴⁰.
    static func row(image: Int64, generation: Int64) -> Int64 { generation << imageBits | image }

    /// The image of a row.
    static func image(_ row: Int64) -> Int64 { row & largestImage }

    /// All rows of a generation.
    static func rows(of generation: Int64) -> ClosedRange<Int64> {
        row(image: 0, generation: generation)...row(image: largestImage, generation: generation)
    }
}
