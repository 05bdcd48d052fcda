/// What became of an image that was to be stored.
public struct Insertion: Sendable, Equatable {
    /// Whether it was new.
    public enum Outcome: Sendable, Equatable {
        /// It is a new image.
        case stored
        /// Its content was there: under the same key, or anywhere if it came without one.
        case existing
        /// It is a new image, and took its key from this one, which is removed.
        case replaced(Int64)
    }

    /// The image as it is stored now.
    public var image: StoredImage
    /// Whether it was new.
    public var outcome: Outcome
    /// The token of its label; 0 where it has none.
    public var labelToken: Int32

    /// What became of an image.
    public init(image: StoredImage, outcome: Outcome, labelToken: Int32) {
        (self.image, self.outcome, self.labelToken) = (image, outcome, labelToken)
    }
}

/// A change to what people say about an image; its content never changes.
public struct ImageChange: Sendable, Equatable {
    /// What happens to one value.
    public enum Value: Sendable, Equatable {
        /// It stays.
        case keep
        /// It is removed.
        case remove
        /// It becomes this.
        case set(String)
    }

    /// The caller's name, the class, and the JSON object as text.
    public var key: Value, label: Value, metadata: Value

    /// A change of some of the values.
    public init(key: Value = .keep, label: Value = .keep, metadata: Value = .keep) {
        (self.key, self.label, self.metadata) = (key, label, metadata)
    }
}

/// A page of the collection, in the order of ids.
public struct ListQuery: Sendable {
    /// The last id of the page before; 0 for the first page.
    public var after: Int64
    /// The most images on a page.
    public var limit: Int
    /// Which images.
    public var filter: ImageFilter

    /// A page with these values.
    public init(after: Int64 = 0, limit: Int = 100, filter: ImageFilter = .init()) {
        (self.after, self.limit, self.filter) = (after, limit, filter)
    }
}
