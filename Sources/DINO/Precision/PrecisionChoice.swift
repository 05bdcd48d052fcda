public import Checkpoints
public import Tensors

/// How the precision of a model's arithmetic is settled.
public enum PrecisionChoice: Sendable, Equatable {
    /// A named one.
    case exactly(Precision)
    /// The fastest whose features are those of float32 to `Model.sufficientCosine` and `sufficientPatchCosine`.
    case auto

    /// The choice of that name: `auto`, or a precision's.
    public init?(_ name: String) {
        if name == "auto" {
            self = .auto
        } else if let precision = Precision(rawValue: name) {
            self = .exactly(precision)
        } else {
            return nil
        }
    }

    /// What may be chosen, in words.
    public static let names = "auto, " + Precision.allCases.map(\.rawValue).joined(separator: ", ")
}

/// What a precision makes of the check images.
public struct PrecisionTrial: Sendable, Equatable {
    /// The precision that was tried.
    public let precision: Precision
    /// The smallest cosine between an image's CLS features in it and in float32.
    public let cosine: Double
    /// The same of its patches.
    public let patchCosine: Double

    /// Whether that is near enough.
    public var isSufficient: Bool {
        cosine >= Model.sufficientCosine && patchCosine >= Model.sufficientPatchCosine
    }
}

extension Model {
    /// The cosine to float32 that `PrecisionChoice.auto` asks for.
    public static let sufficientCosine: Double = 0.999
    /// The cosine of the worst patch.
    public static let sufficientPatchCosine: Double = 0.995

    /// The precisions with less than float32's, the fastest first.
    private static let fastestFirst: [Precision] = [.int8, .bf16]

    /// The model at `path` in the precision of a choice, and the trials that it took; none for a named precision.
    ///
    /// `auto` loads the model in float32 first, then in each candidate until one suffices: time and memory of one more
    /// model than is kept, and a pass over six images for each.
    public static func load(
        _ path: String, key: CheckpointKey = .teacher, precision choice: PrecisionChoice, fastDecode: Bool = false,
        on compute: Compute, maximumTokens: Int = 8192
    ) throws -> (model: Model, trials: [PrecisionTrial]) {
        let source = try ModelSource(path, key: key)
        func load(_ precision: Precision) throws -> Model {
            try source.model(precision, fastDecode: fastDecode, on: compute, maximumTokens: maximumTokens)
        }
        switch choice {
        case .exactly(let precision): return (try load(precision), [])
        case .auto:
            let exact = try load(.fp32)
            let input = try CheckImages.input(of: exact)
            let outputs = FeatureOutputs(patches: true)
            let expected = try exact.transformer.forward(input, outputs: outputs)
            var trials = [PrecisionTrial]()
            for precision in fastestFirst where compute.supports(precision) {
                let model = try load(precision)
                let found = try model.transformer.forward(input, outputs: outputs)
                let trial = PrecisionTrial(
                    precision: precision, cosine: found.cls.smallestCosine(to: expected.cls),
                    patchCosine: found.patches.flatMap { patches in expected.patches.map(patches.smallestCosine) } ?? -1
                )
                trials.append(trial)
                if trial.isSufficient { return (model, trials) }
            }
            return (exact, trials)
        }
    }
}
