import DINO
public import Images
public import Tensors

/// The k-NN figure that is taken again and again while a network learns.
///
/// Pictures are resized and normalised anew each time, on threads of their own while the network computes: they are small
/// as bytes, and large as floats.
public struct TeacherEvaluator: TeacherEvaluation, Sendable {
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
    private let compute: Compute

    /// The evaluation of `queries` by their nearest pictures in `bank`, at `side` pixels.
    ///
    /// - Parameters:
    ///   - classes: the classes' names; a label is a place in this list.
    ///   - k: the number of neighbours.
    ///   - compute: the threads; the network may use the same.
    /// - Throws: `EvaluationError.tooFewImages` where the bank has fewer pictures than `k`, or there is nothing to ask.
    public init(bank: Pictures, queries: Pictures, classes: [String], side: Int, k: Int = 20, on compute: Compute)
        throws(EvaluationError)
    {
        guard bank.count >= k, k > 0 else { throw .tooFewImages(bank: bank.count, least: k) }
        guard queries.count > 0 else { throw .setting("there is no test image to evaluate with") }
        self.bank = bank
        self.queries = queries
        self.classes = classes
        self.k = k
        self.compute = compute
        preprocessing = Preprocessing(resize: side, crop: side)
    }

    /// The share of queries that their neighbours' vote gets right.
    ///
    /// - Parameters:
    ///   - features: the features (n, D) of pictures (n, 3, S, S): `trainer.teacherFeatures`.
    ///   - stop: asked between two batches.
    /// - Throws: `EvaluationError.notFinite` where they are not numbers, `.stopped` after `stop`.
    public func top1(_ features: (Tensor) -> Tensor, stop: StopFlag = StopFlag()) throws(EvaluationError) -> Double {
        let bank = try extract(bank, features, stop), queries = try extract(queries, features, stop)
        let results = try NearestNeighbors.evaluate(bank: bank, queries: queries, ks: [k], on: compute, stop: stop)
        return results.first?.top1 ?? 0
    }

    /// `top1`, as a run asks for it.
    public func accuracy(_ features: (Tensor) -> Tensor, stop: StopFlag) throws(TrainingError) -> Double {
        do {
            return try top1(features, stop: stop)
        } catch {
            throw error == .stopped ? .stopped : .evaluation(error)
        }
    }

    private func extract(
        _ pictures: Pictures, _ features: (Tensor) -> Tensor, _ stop: StopFlag
    ) throws(EvaluationError) -> FeatureSet {
        let side = preprocessing.crop
        let inputs = OrderedWork(
            0..<pictures.count, threads: compute.threads, ahead: 4 * DecodedBatches.size, name: "preprocessing"
        ) { index in
            preprocessing(pictures.image(index), side: side)
        }
        defer { inputs.stop() }
        var rows: [Float] = []
        for start in stride(from: 0, to: pictures.count, by: DecodedBatches.size) {
            if stop.isSet { throw .stopped }
            let batch = (start..<min(start + DecodedBatches.size, pictures.count)).compactMap { _ in inputs.next() }
            let answers = features(Tensor(stacking: batch))
            guard answers.scalars.allSatisfy(\.isFinite) else { throw .notFinite(name: "the network") }
            rows += answers.l2Normalized().scalars
        }
        return FeatureSet(
            features: Tensor(shape: [pictures.count, rows.count / pictures.count], scalars: rows),
            labels: pictures.labels, classes: classes)
    }
}
