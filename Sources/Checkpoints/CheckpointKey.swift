/// The network that is taken out of a training's checkpoint: `--checkpoint_key` of the reference.
public enum CheckpointKey: String, Sendable, CaseIterable {
    /// The running mean of the student: the model to evaluate and to serve.
    case teacher
    /// The network that was trained.
    case student
}

extension CheckpointKey {
    /// This network's tensors out of a file of tensors, without the prefix `teacher.` or `student.`, and the names of the
    /// others; all tensors where no name has such a prefix.
    func select(_ stored: [StoredTensor]) -> (kept: [(tensor: StoredTensor, name: String)], ignored: [String]) {
        let isTraining = stored.contains { tensor in
            Self.allCases.contains { tensor.name.hasPrefix($0.rawValue + ".") }
        }
        guard isTraining else { return (stored.map { ($0, $0.name) }, []) }
        let prefix = rawValue + "."
        let kept = stored.filter { $0.name.hasPrefix(prefix) }
        return (
            kept.map { ($0, String($0.name.dropFirst(prefix.count))) },
            stored.map(\.name).filter { !$0.hasPrefix(prefix) }
        )
    }
}
