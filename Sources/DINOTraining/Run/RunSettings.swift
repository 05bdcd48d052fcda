/// How often a run saves, evaluates and tells; none of it changes what is learnt.
public struct RunSettings: Sendable {
    /// Steps between two saves; nil leaves it to `saveMinutes`.
    public var saveSteps: Int?
    /// Minutes of training between two saves.
    public var saveMinutes = 10.0
    /// Epochs between two checkpoints that are kept under their own names, 0 for none.
    public var keepEpochs = 20
    /// Minutes of training between two evaluations of the teacher.
    public var evaluateMinutes = 15.0
    /// Steps that a line of the log averages.
    public var logSteps = 10
    /// Seconds between two versions of the report.
    public var reportSeconds = 60.0
    /// Whether a collapse ends the run.
    public var stopsOnCollapse = false

    /// The defaults.
    public init() {}

    /// Refuses what cannot be done.
    func check() throws(TrainingError) {
        guard saveSteps.map({ $0 > 0 }) ?? true, saveMinutes > 0, evaluateMinutes > 0, logSteps > 0 else {
            throw .recipe("steps and minutes between saves, evaluations and log lines must be more than 0")
        }
        guard (0...1_000_000).contains(keepEpochs) else {
            throw .recipe("--saveckp_freq is \(keepEpochs), expected 0 to 1000000 epochs")
        }
    }
}

/// What a run tells while it goes on.
public enum RunEvent: Sendable {
    /// A step is done.
    case status(RunStatus)
    /// The state is in a file.
    case saved(step: Int, path: String)
    /// The teacher was evaluated: the share that nearest neighbours classify rightly.
    case evaluated(step: Int, knn: Double)
    /// Answers collapsed.
    case collapsed(step: Int, Collapse)
}

/// How a run ended without failing.
public enum RunEnding: Sendable, Equatable {
    /// All of it is done.
    case finished
    /// It was asked to stop, and saved.
    case stopped
    /// Answers collapsed, and it was told to stop then; it saved.
    case collapsed(Collapse)
}
