/// A state dict under the reference's names.
struct CanonicalTensors {
    let layout: Layout
    private(set) var tensors: [String: StoredTensor] = [:]
    private(set) var sourceNames: [String: [String]] = [:]
    private(set) var ignored: [String] = []

    /// The tensors of a file, renamed: the wanted network taken, prefixes stripped, heads set aside, query, key and
    /// value joined.
    init(_ stored: [StoredTensor], key: CheckpointKey, file: String) throws(CheckpointError) {
        let network = key.select(stored)
        ignored = network.ignored
        let stripped = network.kept.map { Layout.stripped($0.name) }
        guard let layout = Layout(names: Set(stripped)) else {
            throw .unknownLayout(file: file, names: stored.prefix(5).map(\.name))
        }
        self.layout = layout
        var parts: [String: [Int: StoredTensor]] = [:]
        for (tensor, name) in zip(network.kept.map(\.tensor), stripped) {
            if Layout.isHead(name) {
                ignored.append(tensor.name)
                continue
            }
            let canonical = layout.canonical(name)
            if let part = canonical.part {
                guard parts[canonical.name, default: [:]].updateValue(tensor, forKey: part) == nil else {
                    throw .damagedTensor(file: file, tensor: tensor.name, reason: "two tensors take its place")
                }
            } else {
                try insert(tensor.renamed(canonical.name), from: [tensor.name], file: file)
            }
        }
        for (name, parts) in parts { try join(parts, as: name, file: file) }
        unpackSwiGLU()
    }

    private mutating func insert(
        _ tensor: StoredTensor, from names: [String], file: String
    ) throws(CheckpointError) {
        guard tensors.updateValue(tensor, forKey: tensor.name) == nil else {
            throw .damagedTensor(file: file, tensor: names[0], reason: "two tensors take the name \(tensor.name)")
        }
        sourceNames[tensor.name] = names
    }

    /// Joins query, key and value into one tensor with the rows q | k | v.
    private mutating func join(
        _ parts: [Int: StoredTensor], as name: String, file: String
    ) throws(CheckpointError) {
        guard let query = parts[0], let key = parts[1], let value = parts[2] else {
            throw .missingTensor(file: file, tensor: Self.absentName(beside: parts))
        }
        let sources = [query, key, value]
        guard let joined = StoredTensor(name: name, stacking: sources) else {
            throw .damagedTensor(
                file: file, tensor: query.name,
                reason: "query, key and value differ in shape: \(sources.map(\.shape))")
        }
        try insert(joined, from: sources.map(\.name), file: file)
    }

    /// The file's name for the first of query, key and value that is absent, from the name of one that is there.
    private static func absentName(beside parts: [Int: StoredTensor]) -> String {
        let labels = ["query", "key", "value"]
        guard let absent = labels.indices.first(where: { parts[$0] == nil }), let present = parts.first else {
            return ""
        }
        return present.value.name.split(separator: ".", omittingEmptySubsequences: false)
            .map { $0 == labels[present.key] ? labels[absent] : String($0) }.joined(separator: ".")
    }

    /// Gives timm's packed SwiGLU (an `fc1` of twice `fc2`'s inputs) DINOv2's names, `w12` and `w3`.
    private mutating func unpackSwiGLU() {
        for (name, inner) in tensors where name.hasSuffix(".mlp.fc1.weight") {
            let mlp = name.dropLast("fc1.weight".count)
            guard let outer = tensors[mlp + "fc2.weight"], inner.shape.count == 2, outer.shape.count == 2,
                outer.shape[1] > 0, inner.shape[0].isMultiple(of: 2), inner.shape[0] / 2 == outer.shape[1]
            else { continue }
            for (from, to) in [("fc1", "w12"), ("fc2", "w3")] {
                for field in ["weight", "bias"] { rename(mlp + "\(from).\(field)", to: mlp + "\(to).\(field)") }
            }
        }
    }

    private mutating func rename(_ name: String, to other: String) {
        guard let tensor = tensors.removeValue(forKey: name), tensors[other] == nil else { return }
        tensors[other] = tensor.renamed(other)
        sourceNames[other] = sourceNames.removeValue(forKey: name)
    }
}
