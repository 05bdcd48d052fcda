public import Tensors

/// What keeps a training from going on.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A recipe that contradicts itself.
    case recipe(String)
    /// Crops of another size or number than the recipe's network takes.
    case crops(String)
    /// Arithmetic that the processor lacks.
    case precision(Precision)
    /// A loss that is not a number, in a step.
    case notFinite(step: Int, loss: Double)
    /// A checkpoint that does not fit.
    case checkpoint(file: String, reason: String)

    /// The reason in a sentence.
    public var description: String {
        switch self {
        case .recipe(let reason): reason
        case .crops(let reason): reason
        case .precision(let precision):
            "this processor has no \(precision.rawValue) products (they need AVX512-BF16): choose --precision fp32"
        case .notFinite(let step, let loss):
            "the loss of step \(step) is \(loss): resume from the last checkpoint with a lower --lr or --clip_grad 1, and "
                + "in fp32 where it was bf16"
        case .checkpoint(let file, let reason): "\(file): \(reason)"
        }
    }
}
