/// One of the small trainings that show what keeps self-distillation from collapsing (arXiv:2104.14294, section 5.3 and
/// figure 7).
public enum AblationVariant: String, CaseIterable, Codable, Sendable {
    /// Centring and sharpening.
    case full
    /// The teacher's answers are not centred.
    case noCentering = "no-centering"
    /// The teacher's temperature is the student's.
    case noSharpening = "no-sharpening"
    /// The teacher is the student of the step before.
    case noMomentum = "no-momentum"

    /// What a reader calls it.
    public var title: String {
        switch self {
        case .full: "centring and sharpening"
        case .noCentering: "without centring"
        case .noSharpening: "without sharpening"
        case .noMomentum: "without momentum"
        }
    }

    /// The same in the few letters of a legend.
    var label: String {
        switch self {
        case .full: "both"
        case .noCentering: "no centring"
        case .noSharpening: "no sharpening"
        case .noMomentum: "no momentum"
        }
    }

    /// What the method claims of it.
    public var claim: String {
        switch self {
        case .full: "neither: entropy between the ends, KL above zero"
        case .noCentering: "entropy → 0, KL → 0"
        case .noSharpening: "entropy → ln K, KL → 0"
        case .noMomentum: "does not learn in long runs"
        }
    }

    /// The recipe with this one thing changed.
    public func applied(to recipe: Recipe) -> Recipe {
        var changed = recipe
        switch self {
        case .full: break
        case .noCentering: changed.centering = false
        case .noSharpening:
            changed.teacherTemp = recipe.studentTemp
            changed.warmupTeacherTemp = recipe.studentTemp
        case .noMomentum:
            changed.momentumTeacher = 0
            changed.momentumTeacherEnd = 0
        }
        return changed
    }
}

/// What a variant came to: the means over its last tenth.
public struct AblationOutcome: Codable, Sendable, Equatable {
    /// The training.
    public var variant: AblationVariant
    /// The entropy of the teacher's answers in nats.
    public var entropy: Double
    /// The divergence of the student's answers from the teacher's in nats.
    public var kl: Double
    /// The largest entropy that K prototypes allow, in nats.
    public var lnK: Double
    /// The share of held-out images whose class 20 nearest neighbours vote for, in percent; nil where not measured.
    public var knn: Double?

    /// An outcome from its figures.
    public init(variant: AblationVariant, entropy: Double, kl: Double, lnK: Double, knn: Double?) {
        self.variant = variant
        self.entropy = entropy
        self.kl = kl
        self.lnK = lnK
        self.knn = knn
    }

    /// Whether the outcome is what the method claims; nil where entropy and divergence cannot tell.
    ///
    /// Entropy under 5 % of ln K is one answer, over 99 % the uniform one; a divergence under 2 % of ln K is none. Without
    /// momentum no certain collapse is claimed.
    public var holds: Bool? {
        let share = entropy / lnK, apart = kl > 0.02 * lnK
        return switch variant {
        case .full: (0.05...0.99).contains(share) && apart
        case .noCentering: share < 0.05 && !apart
        case .noSharpening: share > 0.99 && !apart
        case .noMomentum: nil
        }
    }
}
