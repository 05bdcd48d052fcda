import Foundation

/// Which of the two ways in which self-distillation fails (arXiv:2104.14294, section 5.3).
public enum Collapse: String, Sendable, Equatable, Codable {
    /// The teacher gives every image the same one-hot answer: its entropy is near 0.
    case oneAnswer
    /// The teacher gives every image the uniform answer: its entropy is near ln K, the student agrees.
    case uniform

    /// What happened and what to do, in a sentence.
    public var description: String {
        switch self {
        case .oneAnswer:
            "collapsed to one answer (no centring?): the teacher's entropy is near 0; check that centring is on, and raise "
                + "--teacher_temp"
        case .uniform:
            "collapsed to the uniform answer: the teacher's entropy is near ln K or the student agrees with it wholly; lower "
                + "--teacher_temp, --momentum_teacher or --lr"
        }
    }
}

/// Watches running means of the teacher's entropy and of the divergence for a collapse.
///
/// Silent in the first part of a run, where an entropy near ln K is healthy: the centre is still finding its place.
package struct CollapseGuard {
    /// The share of entropy's and divergence's running means that a step replaces.
    private static let share = 0.02
    /// Steps before the means count.
    private static let steps = 100

    private let maximumEntropy: Double
    private let quiet: Double
    /// What it knows, for a checkpoint.
    package private(set) var memory: Memory

    /// What a guard knows of the steps so far.
    package struct Memory: Codable, Sendable, Equatable {
        /// The running means of the teacher's entropy and of the divergence, in nats.
        fileprivate(set) var entropy = 0.0, kl = 0.0
        /// The steps seen.
        fileprivate(set) var seen = 0
        /// The collapse that was told and is not over.
        fileprivate(set) var current: Collapse?

        /// Whether a guard can go on from it.
        var isSound: Bool { entropy.isFinite && kl.isFinite && (0...(1 << 56)).contains(seen) }
    }

    /// A guard over answers among `prototypes`, silent for the share `warmup` of the run and at least a tenth of it.
    ///
    /// - Parameter memory: what the guard of the run that goes on knew.
    package init(prototypes: Int, warmup: Double, memory: Memory? = nil) {
        maximumEntropy = log(Double(prototypes))
        quiet = max(warmup, 0.1)
        self.memory = memory ?? Memory()
    }

    /// Takes a step's measures; returns a collapse when it begins, once until it is over.
    package mutating func observe(entropy: Double, kl: Double, progress: Double) -> Collapse? {
        memory.seen += 1
        let share = max(Self.share, 1 / Double(memory.seen))
        memory.entropy += share * (entropy - memory.entropy)
        memory.kl += share * (kl - memory.kl)
        guard progress >= quiet, memory.seen >= Self.steps else { return nil }
        let found = state
        defer { memory.current = found }
        return found == memory.current ? nil : found
    }

    private var state: Collapse? {
        if memory.entropy < 0.01 * maximumEntropy { return .oneAnswer }
        return memory.entropy > 0.999 * maximumEntropy || memory.kl < 1e-3 ? .uniform : nil
    }
}
