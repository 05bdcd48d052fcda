public import Tensors

/// The foreground of an image, found in its patch features alone: the graph of patches that resemble each other is cut where
/// that costs least for what lies on both sides (Shi and Malik, 2000; Wang et al., TokenCut, 2022).
///
/// Two patches resemble each other by the cosine of their features without the image's mean. All patches of an image have
/// much in common, of a small model so much that with it nearly every cosine is above TokenCut's threshold and the cut
/// splits off single patches.
public struct NormalizedCut: Sendable {
    /// The cosine above which two patches resemble each other.
    public static let similarity: Float = 0.2
    /// The most patches of an image.
    public static let maximumPatches = PatchGraph.maximumPatches

    /// The value of each patch in the second-smallest generalised eigenvector, row by row, with the sign that makes the
    /// object's those above the mean, and divided by their largest magnitude.
    public let values: [Float]
    /// The patches of the object: of those above and those below the mean of the values the ones of which the smaller share
    /// lies on the edges of the image, without specks. Empty where the patches cannot be told apart.
    public let object: Mask

    /// The cut through the patch features `(N, D)` of one image.
    ///
    /// The same features give the same cut. Cost: N² · D multiplications for the graph and up to 300 passes over its
    /// edges; 2 bytes an edge, and 300 vectors.
    ///
    /// - Precondition: N is `gridHeight` · `gridWidth`, in 1...``maximumPatches``.
    /// - Throws: `EigenError` where LAPACK gives up.
    public init(_ patches: Tensor, gridHeight: Int, gridWidth: Int) throws(EigenError) {
        let grid = GridFeatures(patches, height: gridHeight, width: gridWidth)
        guard let centred = patches.withoutMean,
            let (values, peak) = try Self.values(of: PatchGraph(centred, threshold: Self.similarity))
        else {
            values = [Float](repeating: 0, count: grid.count)
            object = Mask(height: gridHeight, width: gridWidth, kept: [Bool](repeating: false, count: grid.count))
            return
        }
        let mean = values.reduce(0, +) / Double(values.count)
        let upper = GridFeatures.edgeShare(of: [grid]) { values[$1] > mean }
        let lower = GridFeatures.edgeShare(of: [grid]) { values[$1] <= mean }
        let isUpper = upper == lower ? values[peak] > mean : upper < lower
        let sign: Double = isUpper ? 1 : -1
        self.values = values.map { Float(sign * $0 / abs(values[peak])) }
        object =
            Mask(height: gridHeight, width: gridWidth, kept: values.map { ($0 > mean) == isUpper }).withoutSpecks
    }

    /// The second-smallest generalised eigenvector and the patch of its largest magnitude; nothing where it does not tell the
    /// patches apart.
    private static func values(of graph: PatchGraph) throws(EigenError) -> (values: [Double], peak: Int)? {
        guard let vector = try graph.secondEigenvector() else { return nil }
        let values = zip(vector, graph.rootDegrees).map { $0 / $1 }
        guard let peak = values.indices.max(by: { (abs(values[$0]), $1) < (abs(values[$1]), $0) }),
            values.contains(where: { abs($0 - values[peak]) > 1e-9 * abs(values[peak]) })
        else { return nil }
        return (values, peak)
    }
}

extension Tensor {
    /// Features (N, D) less their mean, nothing where a hundredth of their squared length or less is left: of photographs it
    /// is a tenth and more.
    fileprivate var withoutMean: Tensor? {
        let (rows, width) = (shape[0], shape[1])
        var sums = [Double](repeating: 0, count: width), before = 0.0, after = 0.0
        for index in scalars.indices { sums[index % width] += Double(scalars[index]) }
        var centred = self
        for index in scalars.indices {
            let value = Double(scalars[index]), rest = value - sums[index % width] / Double(rows)
            (before, after) = (before + value * value, after + rest * rest)
            centred.scalars[index] = Float(rest)
        }
        return after > 0.01 * before ? centred : nil
    }
}
