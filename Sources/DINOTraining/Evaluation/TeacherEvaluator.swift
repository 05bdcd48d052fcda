import DINO
public import Images
public import Tensors

/// The k-NN figure that is taken again and again while a network learns.
///
/// Pictures are resized and normalised anew each time, on threads of their own while the network computes: they are small
/// as bytes, and large as floats.
public struct TeacherEvaluator: Sendable {
    /// Pictures of known classes.
    public struct Pictures: Sendable {
        /// The number of pictures.
        public var count: Int { labels.count }
        let labels: [Int]
        let image: @Sendable (Int) -> RGBImage

        /// Pictures with a class each, or every so manieth of them where there are more than `limit`.
        public init(labels: [Int], limit: Int? = nil, image: @escaping @Sendable (Int) -> RGBImage) {
            let chosen = LabelledPhotographs.spread(labels.count, limit: limit)
            self.labels = chosen.map { labels[$0] }
            self.image = { image(chosen[$0]) }
        }
    }

    private let bank, queries: Pictures
    private let classes: [String]
    private let k: Int
    private let preprocessing: Preprocessing

    /// The evaluation of `queries` by their nearest pictures in `bank`, at `side` pixels.
    ///
    /// - Parameters:
    ///   - classes: the classes' names; a label is a place in this list.
    ///   - k: the number of neighbours.
    /// - Throws: `EvaluationError.tooFewImages` where the bank has fewer pictures than `k`, or there is nothing to ask.
    public init(bank: Pictures, queries: Pictures, classes: [String], side: Int, k: Int = 20) throws(EvaluationError) {
        guard bank.count >= k, k > 0 else { throw .tooFewImages(bank: bank.count, least: k) }
        guard queries.count > 0 else { throw .setting("there is no test image to evaluate with") }
        self.bank = bank
        self.queries = queries
        self.classes = classes
        self.k = k
        preprocessing = Preprocessing(resize: side, crop: side)
    }

    /// The share of queries that their neighbours' vote gets right.
    ///
    /// - Parameter features: the features (n, D) of pictures (n, 3, S, S), for instance `trainer.teacherFeatures`.
    /// - Throws: what `features` throws; `EvaluationError.notFinite` where they are not numbers.
    public func top1(on compute: Compute, features: (Tensor) throws -> Tensor) throws -> Double {
        let bank = try extract(bank, threads: compute.threads, features)
        let queries = try extract(queries, threads: compute.threads, features)
        let results = try NearestNeighbors.evaluate(bank: bank, queries: queries, ks: [k], on: compute)
        return results[0].top1
    }

    private func extract(
        _ pictures: Pictures, threads: Int, _ features: (Tensor) throws -> Tensor
    ) throws -> FeatureSet {
        let side = preprocessing.crop
        let inputs = OrderedWork(
            0..<pictures.count, threads: threads, ahead: 4 * FeatureSet.batch, name: "preprocessing"
        ) { index in
            preprocessing(pictures.image(index), side: side)
        }
        defer { inputs.stop() }
        var rows: [Float] = []
        for start in stride(from: 0, to: pictures.count, by: FeatureSet.batch) {
            let batch = (start..<min(start + FeatureSet.batch, pictures.count)).compactMap { _ in inputs.next() }
            let answers = try features(Tensor(stacking: batch))
            guard answers.scalars.allSatisfy(\.isFinite) else { throw EvaluationError.notFinite(name: "the network") }
            rows += answers.l2Normalized().scalars
        }
        return FeatureSet(
            features: Tensor(shape: [pictures.count, rows.count / pictures.count], scalars: rows),
            labels: pictures.labels, classes: classes)
    }
}
