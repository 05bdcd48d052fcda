/// How the images of a map are laid out.
enum MapMethod: String, Sendable, CaseIterable {
    /// By the two directions in which features vary most.
    case pca
    /// So that neighbours stay together, by a job.
    case neighbors
}
