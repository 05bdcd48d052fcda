public import Tensors

/// The object of an image, found in its patch features alone: the graph of patches that resemble each other is cut where
/// that costs least for what lies on both sides (Shi and Malik, 2000; Wang et al., TokenCut, 2022).
public struct NormalizedCut: Sendable {
    /// The cosine above which two patches resemble each other.
    public static let similarity: Float = 0.2
    /// The most patches of an image.
    public static let maximumPatches = PatchGraph.maximumPatches

    /// The value of each patch in the second-smallest generalised eigenvector, row by row, with the sign that makes the
    /// object's positive and divided by its largest magnitude.
    public let values: [Float]
    /// The patches of the object: those above the mean of the values that touch, along sides, the one with the largest
    /// magnitude. Empty where the patches cannot be told apart.
    public let object: Mask

    /// The cut through the patch features `(N, D)` of one image.
    ///
    /// The same features give the same cut. Cost: N² · D multiplications for the graph and up to 300 passes over its
    /// edges; 2 bytes an edge, and 300 vectors.
    ///
    /// - Precondition: N is `gridHeight` · `gridWidth`, in 1...``maximumPatches``.
    /// - Throws: `EigenError` where LAPACK gives up.
    public init(_ patches: Tensor, gridHeight: Int, gridWidth: Int) throws(EigenError) {
        precondition(patches.shape.first == gridHeight * gridWidth, "patches \(patches.shape)")
        let graph = PatchGraph(patches, threshold: Self.similarity)
        let vector = try graph.secondEigenvector() ?? [Double](repeating: 0, count: graph.count)
        let values = zip(vector, graph.rootDegrees).map { $0 / $1 }
        let mean = values.reduce(0, +) / Double(values.count)
        let seed = values.indices.max { (abs(values[$0]), $1) < (abs(values[$1]), $0) } ?? 0
        let peak = abs(values[seed]), sign: Double = values[seed] > mean ? 1 : -1
        guard peak > 0, values.contains(where: { abs($0 - values[seed]) > 1e-9 * peak }) else {
            self.values = [Float](repeating: 0, count: values.count)
            object = Mask(height: gridHeight, width: gridWidth, kept: values.map { _ in false })
            return
        }
        self.values = values.map { Float(sign * $0 / peak) }
        object = Mask(height: gridHeight, width: gridWidth, kept: values.map { sign * $0 > sign * mean })
            .component(holding: seed)
    }
}
