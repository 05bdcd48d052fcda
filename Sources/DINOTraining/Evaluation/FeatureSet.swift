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
    /// Inputs that go through a network at once.
    static let batch = 64

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
        let decoding = OrderedWork(0..<photographs.count, threads: threads, ahead: 4 * batch, name: "decoding") {
            index in
            Result { try source.input(ImageDecoder.decode(photographs.photographs[index].bytes())) }
        }
        defer { decoding.stop() }
        var rows: [Float] = [], labels: [Int] = [], skipped: [Skipped] = []
        rows.reserveCapacity(photographs.count * source.width)
        var inputs: [Tensor] = []
        for index in 0..<photographs.count {
            switch decoding.next() {
            case .success(let input):
                inputs.append(input)
                labels.append(photographs.labels[index])
            case .failure(let error):
                skipped.append(Skipped(name: photographs.photographs[index].name, reason: "\(error)"))
            case nil: break
            }
            guard inputs.count == batch || index + 1 == photographs.count else { continue }
            if !inputs.isEmpty {
                let features = try source.features(Tensor(stacking: inputs))
                guard features.scalars.allSatisfy(\.isFinite) else {
                    throw EvaluationError.notFinite(name: source.name)
                }
                rows += (normalized ? features.l2Normalized() : features).scalars
            }
            inputs.removeAll(keepingCapacity: true)
            progress(index + 1, photographs.count)
        }
        if labels.isEmpty, let reason = skipped.first {
            throw EvaluationError.allUnreadable(
                folder: photographs.folder, count: photographs.count, name: reason.name, reason: reason.reason)
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
