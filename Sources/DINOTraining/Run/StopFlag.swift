import Synchronization

/// A request that a run end after the step it is in; set from any thread, for instance when a signal comes.
public final class StopFlag: Sendable {
    private let flag = Atomic(false)

    /// A flag that is not set.
    public init() {}

    /// Asks the run to end.
    public func set() { flag.store(true, ordering: .relaxed) }

    /// Whether the run was asked to end.
    public var isSet: Bool { flag.load(ordering: .relaxed) }
}
