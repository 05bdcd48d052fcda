/// What makes one model's features comparable with each other, and with no other model's.
public struct GenerationModel: Sendable, Equatable {
    /// The model's fingerprint: equal for two models only if they make the same features of the same file.
    public var fingerprint: String
    /// The model's name, for people.
    public var name: String
    /// `D`, the numbers of a feature.
    public var dimensions: Int
    /// Patches down and across at the default input.
    public var gridHeight: Int, gridWidth: Int
    /// The side of the default input in pixels.
    public var inputSize: Int

    /// A model with these values.
    public init(
        fingerprint: String, name: String, dimensions: Int, gridHeight: Int, gridWidth: Int, inputSize: Int
    ) {
        (self.fingerprint, self.name, self.dimensions) = (fingerprint, name, dimensions)
        (self.gridHeight, self.gridWidth, self.inputSize) = (gridHeight, gridWidth, inputSize)
    }
}

/// The features of one model's making, of some or all images of the collection.
public struct Generation: Sendable, Equatable {
    /// What a generation is used for.
    public enum State: String, Sendable {
        /// It is being filled, or emptied: nothing is searched in it.
        case building
        /// Searches are answered from it. At most one generation at a time is.
        case active
        /// It was active before, and can be again as long as it is complete.
        case retired
    }

    /// The collection's own number of it, never used again.
    public var id: Int64
    /// Whose features these are.
    public var model: GenerationModel
    /// What it is used for.
    public var state: State
    /// How many images have features under it.
    public var count: Int
    /// Seconds since 1970: when it was made, and when it last became the active one.
    public var createdAt: Double, activatedAt: Double?
}
