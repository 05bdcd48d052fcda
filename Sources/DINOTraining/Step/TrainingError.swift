public import Tensors

/// What keeps a training from going on.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A recipe that contradicts itself.
    case recipe(String)
    /// Crops of another size or number than the recipe's network takes.
    case crops(String)
    /// Arithmetic that the processor lacks.
    case precision(Precision)
    /// Photographs that cannot be found, read or kept; the place is a path where there is one.
    case data(place: String, reason: String)
    /// A loss, or a gradient of a loss that is one, that is not a number, in a step.
    case notFinite(step: Int, loss: Double)
    /// A checkpoint that does not fit.
    case checkpoint(file: String, reason: String)
    /// An evaluation that gave no figure.
    case evaluation(EvaluationError)
    /// Work that was asked to stop before it had a result.
    case stopped
    /// A file of the run's output that cannot be written, or a folder that another run has.
    case output(file: String, reason: String)

    /// The reason in a sentence.
    public var description: String {
        switch self {
        case .recipe(let reason): reason
        case .crops(let reason): reason
        case .precision(let precision):
            "this processor has no \(precision.rawValue) products (they need AVX512-BF16): choose --precision fp32"
        case .data(let place, let reason): "\(place): \(reason)"
        case .notFinite(let step, let loss):
            "the loss of step \(step) is \(loss)\(loss.isFinite ? ", but its gradient no number" : ""), so nothing was saved "
                + "since the last checkpoint: start anew from its weights "
                + "(--init) with a lower --lr or --clip_grad 1, or go on (--resume) in --precision fp32 where it was bf16"
        case .evaluation(let error): error.description
        case .stopped: "stopped before there was a result; nothing was written"
        case .checkpoint(let file, let reason), .output(let file, let reason): "\(file): \(reason)"
        }
    }
}
