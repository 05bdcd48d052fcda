import Checkpoints
public import Tensors

/// What a trainer's next step depends on, as named tensors.
extension Trainer {
    /// The arithmetic of the networks' products.
    public var precision: Precision { student.precision }

    /// The blocks of parameters and moments by the prefix of their names in a checkpoint.
    private var blocks: [(prefix: String, block: ParameterBlock)] {
        let networks = [("student.", student.parameters), ("teacher.", teacher.parameters)]
        let moments = [("optimizer.first.", optimizer.first)]
        return networks + moments + (optimizer.second.map { [("optimizer.second.", $0)] } ?? [])
    }

    /// Copies of all of it: student, teacher, moments, centre. Cost: as much memory again.
    package var state: [(name: String, tensor: Tensor)] {
        blocks.flatMap { prefix, block in
            block.layout.entries.map { (name: prefix + $0.name, tensor: block.tensor($0)) }
        } + [("center", center)]
    }

    /// The names and shapes of `state` of a recipe's trainer, without making one.
    static func stateShapes(_ recipe: Recipe) -> [(name: String, shape: [Int])] {
        let entries = NetworkLayout.layout(recipe).entries
        let moments = recipe.optimizer == .adamw ? ["optimizer.first.", "optimizer.second."] : ["optimizer.first."]
        return (["student.", "teacher."] + moments).flatMap { prefix in
            entries.map { (prefix + $0.name, $0.shape) }
        } + [("center", [1, recipe.head.outDim])]
    }

    /// How often each tensor was updated, by name.
    var updateCounts: [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(student.parameters.layout.entries.map(\.name), updates))
    }

    /// Takes the state of another trainer of the same recipe; `tensor` gives each tensor by its name.
    func restore(
        step: Int, updateCounts: [String: Int], tensor: (String) throws(TrainingError) -> Tensor
    ) throws(TrainingError) {
        for (prefix, block) in blocks {
            for entry in block.layout.entries { block.write(try tensor(prefix + entry.name).scalars, to: entry) }
        }
        let center = try tensor("center")
        loss.center.write(center, rows: 0..<1, to: 0)
        updates = student.parameters.layout.entries.map { updateCounts[$0.name] ?? 0 }
        self.step = step
        refresh()
    }

    /// Starts student and teacher from a trained backbone; the head stays fresh.
    ///
    /// - Parameter tensor: gives each backbone tensor by the reference's name (`blocks.0.attn.qkv.weight`).
    func initializeBackbone(_ tensor: (String, [Int]) throws(TrainingError) -> Tensor) throws(TrainingError) {
        for entry in student.parameters.layout.entries where entry.name.hasPrefix("backbone.") {
            let name = String(entry.name.dropFirst("backbone.".count))
            student.parameters.write(try tensor(name, entry.shape).scalars, to: entry)
        }
        teacher.parameters.copy(student.parameters)
        refresh()
    }
}
