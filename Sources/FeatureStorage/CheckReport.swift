/// What was looked at in a collection, and what was found wrong with it.
public struct CheckReport: Sendable, Equatable {
    /// What is wrong: a sentence each. Nothing, if the collection is as it should be.
    public var findings: [String] = []
    /// Images, and of them those whose file is kept.
    public var images = 0, originals = 0
    /// Images without features under the active generation.
    public var missing = 0
    /// How many images have features under each generation, by ascending ids.
    public var generations: [Generation] = []

    /// Whether nothing is wrong.
    public var isClean: Bool { findings.isEmpty }
}
