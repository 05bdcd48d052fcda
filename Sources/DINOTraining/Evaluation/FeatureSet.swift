import ImageFiles
import Images
public import Tensors

/// The features of labelled photographs.
public struct FeatureSet: Sendable {
    /// A photograph that was left out, and why.
    public struct Skipped: Sendable, Equatable, Codable {
        /// The photograph's name.
        public let name: String
        /// What is wrong with it.
        public let reason: String
    }

    /// The features (n, D).
    public var features: Tensor
    /// Each row's class, a place in `classes`.
    public var labels: [Int]
    /// The classes' names.
    public var classes: [String]
    /// What could not be decoded.
    public var skipped: [Skipped]

    /// Features from their parts.
    ///
    /// - Precondition: as many rows as labels.
    public init(features: Tensor, labels: [Int], classes: [String], skipped: [Skipped] = []) {
        precondition(features.shape.count == 2 && features.shape[0] == labels.count, "a label for each row")
        self.features = features
        self.labels = labels
        self.classes = classes
        self.skipped = skipped
    }

    /// The number of rows.
    public var count: Int { labels.count }
    /// The width of a row, `D`.
    public var width: Int { features.shape[1] }
}

extension FeatureSet {
    /// Refuses the features of other photographs: figures of the two could not be compared.
    ///
    /// - Parameter other: another source's features of what `LabelledPhotographs` found.
    /// - Throws: `EvaluationError.changed`, which names the photographs that only one of them has.
    public func requireSamePhotographs(as other: FeatureSet) throws(EvaluationError) {
        let differing = Set(skipped.map(\.name)).symmetricDifference(other.skipped.map(\.name))
        guard differing.isEmpty, labels == other.labels else { throw .changed(names: differing.sorted()) }
    }

    /// The features of photographs, which are decoded on threads of their own while the source computes.
    ///
    /// - Parameters:
    ///   - normalized: whether rows get length 1.
    ///   - threads: threads that decode.
    ///   - progress: called with the photographs done and their number.
    /// - Throws: `EvaluationError` where none can be decoded or a feature is not a number; what the source throws.
    public static func extract(
        _ source: some FeatureSource, from photographs: LabelledPhotographs, normalized: Bool, threads: Int,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> FeatureSet {
        let batches = DecodedBatches(
            photographs: photographs.photographs, folder: photographs.folder, unreadable: photographs.unreadable,
            threads: threads)
        var rows: [Float] = [], labels: [Int] = []
        rows.reserveCapacity(photographs.count * source.width)
        let skipped = try batches.forEach(
            { try source.input(ImageDecoder.decode(photographs.photographs[$0].bytes())) }, progress: progress
        ) { inputs, indices in
            let features = try source.features(Tensor(stacking: inputs))
            guard features.scalars.allSatisfy(\.isFinite) else { throw EvaluationError.notFinite(name: source.name) }
            rows += (normalized ? features.l2Normalized() : features).scalars
            labels += indices.map { photographs.labels[$0] }
        }
        return FeatureSet(
            features: Tensor(shape: [labels.count, source.width], scalars: rows), labels: labels,
            classes: photographs.classes, skipped: skipped)
    }
}

extension Tensor {
    /// Tensors of one shape (…) as (n, …).
    ///
    /// - Precondition: there is one, and all have the shape of the first.
    init(stacking tensors: [Tensor]) {
        self.init(shape: [tensors.count] + tensors[0].shape, scalars: tensors.flatMap(\.scalars))
    }
}
