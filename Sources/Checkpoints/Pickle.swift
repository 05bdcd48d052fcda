/// A value read from a pickle. Containers are indices into `Pickle.nodes`, so that no value owns another one:
/// cycles are harmless and freeing never recurses.
enum PickleValue: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case double(Double)
    case string(String)
    case global(PickleGlobal)
    /// An index into `Pickle.storages`.
    case storage(Int)
    /// An index into `Pickle.tensors`.
    case tensor(Int)
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    /// A skipped object.
    case inert
}

/// The result of reading a pickle: data only.
struct Pickle: Sendable {
    /// A container's items; keys and values alternate in a dictionary.
    struct Node: Sendable {
        var items: [PickleValue] = []
        /// How deep containers nest below this one, itself included.
        var depth = 1
    }

    /// A storage that tensors refer to.
    struct Storage: Sendable {
        let scalarType: ScalarType
        let key: String
        let count: Int
    }

    /// A strided view of a storage.
    struct TensorView: Sendable {
        let storage: Int
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    var nodes: [Node] = []
    var storages: [Storage] = []
    var tensors: [TensorView] = []
    var root = PickleValue.none

    /// The entries of a dictionary whose keys are strings, in order; nil where the value is no dictionary.
    func entries(_ value: PickleValue) -> [(key: String, value: PickleValue)]? {
        guard case .dictionary(let node) = value else { return nil }
        let items = nodes[node].items
        return stride(from: 0, to: items.count - 1, by: 2).compactMap { index in
            guard case .string(let key) = items[index] else { return nil }
            return (key, items[index + 1])
        }
    }

    /// The items of a tuple.
    func tuple(_ value: PickleValue) -> [PickleValue]? {
        guard case .tuple(let node) = value else { return nil }
        return nodes[node].items
    }

    /// The integers of a tuple, nil where it holds anything else.
    func integers(_ value: PickleValue) -> [Int]? {
        guard let items = tuple(value) else { return nil }
        var integers: [Int] = []
        for item in items {
            guard case .integer(let integer) = item else { return nil }
            integers.append(integer)
        }
        return integers
    }
}
