public import Tensors

/// Where a run's crops come from, step after step.
public protocol CropSource: AnyObject {
    /// The crops of the next step; waits for them.
    func next() throws(TrainingError) -> CropBatch
    /// How long `next` has waited in total: the time in which the arithmetic had nothing to do.
    var waited: Duration { get }
}

/// The measurement of a teacher while it learns.
public protocol TeacherEvaluation {
    /// The share of held-out images, 0 to 1, that nearest neighbours classify rightly by these features.
    ///
    /// - Parameters:
    ///   - features: CLS features (n, D), not normalised, of pixels (n, 3, S, S).
    ///   - stop: asked between two batches.
    /// - Throws: `TrainingError.stopped` soon after `stop` was set; whatever keeps it from a figure.
    func accuracy(_ features: (Tensor) -> Tensor, stop: StopFlag) throws(TrainingError) -> Double
}

extension CropLoader: CropSource {}
