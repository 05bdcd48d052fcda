/// How far the layout of a map has come.
public struct MapProgress: Sendable, Equatable {
    /// What is being done.
    public enum Phase: String, Sendable {
        /// The directions in which features vary most are found, from which the layout begins.
        case projecting
        /// The neighbours of each image are searched; of its images are done.
        case neighbors
        /// The images are moved; of the passes over all pairs are done.
        case layout
    }

    /// What is being done.
    public var phase: Phase
    /// How much of it is done, of how much: images, or passes.
    public var done: Int, total: Int

    /// So much done of a phase.
    public init(phase: Phase, done: Int, total: Int) { (self.phase, self.done, self.total) = (phase, done, total) }
}
