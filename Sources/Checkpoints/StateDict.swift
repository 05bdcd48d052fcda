/// The tensors of a checkpoint under the file's own names, and what was left out to reach them.
struct StateDict {
    /// The tensors, in the file's order.
    var tensors: [StoredTensor] = []
    /// The entries beside them: optimizer state, options, the student.
    var ignored: [String] = []
}

extension StateDict {
    private static let maximumEntries = 20_000

    /// The state dict within a PyTorch file: the root, or what it wraps as `teacher` (or `student`, where that is
    /// wanted), `model` or `state_dict`.
    init(_ torch: TorchFile, key: CheckpointKey) throws(CheckpointError) {
        let wrappers = [key.rawValue, "model", "state_dict"]
        var node = torch.pickle.root
        for _ in 0..<4 {
            let entries = torch.pickle.entries(node) ?? []
            let wrapper = wrappers.lazy.compactMap { name in
                entries.first { $0.key == name && torch.pickle.entries($0.value) != nil }
            }.first
            guard let wrapper else { break }
            ignored += entries.map(\.key).filter { $0 != wrapper.key }
            node = wrapper.value
        }
        guard let entries = torch.pickle.entries(node) else {
            throw .unsupported(
                file: torch.file.path, what: "a pickle that is no dictionary", advice: "Save the model's state dict.")
        }
        guard entries.count <= Self.maximumEntries else {
            throw .limitExceeded(file: torch.file.path, what: "the state dict", limit: Self.maximumEntries)
        }
        var names = Set<String>()
        for (name, value) in entries {
            guard case .tensor(let index) = value else {
                ignored.append(name)
                continue
            }
            guard names.insert(name).inserted else {
                throw .damagedTensor(file: torch.file.path, tensor: name, reason: "it occurs twice")
            }
            tensors.append(try torch.tensor(index, name: name))
        }
    }
}
