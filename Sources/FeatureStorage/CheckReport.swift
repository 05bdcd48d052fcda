/// What was looked at in a collection, and what was found wrong with it.
public struct CheckReport: Sendable, Equatable {
    /// What is wrong: a sentence each, at most ``mostOfAKind`` of a kind and how many more there are. None, if the
    /// collection is as it should be.
    public internal(set) var findings: [String] = []
    /// What is worth knowing though nothing is wrong with it: a sentence each.
    public internal(set) var notes: [String] = []
    /// Images, and files that are kept.
    public internal(set) var images = 0, originals = 0
    /// Images whose file is not kept: nothing is wrong with that, but no other model can embed them.
    public internal(set) var withoutOriginal = 0
    /// The generations, with how many images have features under each.
    public internal(set) var generations: [Generation] = []

    /// Findings of one kind that are told one by one.
    public static let mostOfAKind = 20

    /// Whether nothing is wrong.
    public var isClean: Bool { findings.isEmpty }
}
