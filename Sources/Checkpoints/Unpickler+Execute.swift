extension Unpickler {
    /// Carries out one instruction: it moves data, and nothing else.
    mutating func execute(_ opcode: PickleOpcode) throws(CheckpointError) {
        switch opcode {
        case .none: stack.append(.none)
        case .true: stack.append(.bool(true))
        case .false: stack.append(.bool(false))
        case .int32, .uint8, .uint16, .long, .double, .unicode, .shortString: stack.append(try literal(opcode))
        case .mark: pushMark()
        case .emptyDictionary: stack.append(.dictionary(try newNode([])))
        case .emptyList: stack.append(.list(try newNode([])))
        case .emptyTuple: stack.append(.tuple(try newNode([])))
        case .tuple: stack.append(.tuple(try newNode(try popToMark())))
        case .tuple1: try pushTuple(1)
        case .tuple2: try pushTuple(2)
        case .tuple3: try pushTuple(3)
        case .append: try extendList([try pop()])
        case .appends: try extendList(try popToMark())
        case .setItem:
            let value = try pop()
            try extendDictionary([try pop(), value])
        case .setItems: try extendDictionary(try popToMark())
        case .put: try remember(UInt32(try field(reader.byte())))
        case .longPut: try remember(try field(reader.integer(UInt32.self)))
        case .get: try recall(UInt32(try field(reader.byte())))
        case .longGet: try recall(try field(reader.integer(UInt32.self)))
        case .global: stack.append(.global(try global()))
        case .persistentID: stack.append(try storage(try pop()))
        case .reduce, .newObject: try reduce(opcode)
        case .build: try build()
        case .proto, .stop: throw damaged("misplaced instruction")
        }
    }

    private mutating func literal(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue {
        switch opcode {
        case .uint8: return .integer(Int(try field(reader.byte())))
        case .uint16: return .integer(Int(try field(reader.integer(UInt16.self))))
        case .int32: return .integer(Int(Int32(bitPattern: try field(reader.integer(UInt32.self)))))
        case .long: return .integer(try long())
        case .double: return .double(Double(bitPattern: try field(reader.integer(UInt64.self)).byteSwapped))
        case .shortString: return .string(try field(reader.string(Int(try field(reader.byte())))))
        default:
            let count = Int(try field(reader.integer(UInt32.self)))
            guard count <= Limit.stringBytes else {
                throw .limitExceeded(file: file, what: "a string in the pickle", limit: Limit.stringBytes)
            }
            return .string(try field(reader.string(count)))
        }
    }

    /// A little-endian two's complement integer of at most eight bytes.
    private mutating func long() throws(CheckpointError) -> Int {
        let bytes = try field(reader.take(Int(try field(reader.byte()))))
        guard bytes.count <= 8 else { throw damaged("an integer is wider than 64 bits") }
        let isNegative = (bytes.last ?? 0) & 0x80 != 0
        let pattern = bytes.reversed().reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) }
        return Int(Int64(bitPattern: pattern))
    }

    private mutating func global() throws(CheckpointError) -> PickleGlobal {
        let module = String(decoding: try field(reader.line(limit: 1024)), as: UTF8.self)
        let name = String(decoding: try field(reader.line(limit: 1024)), as: UTF8.self)
        guard let global = PickleGlobal(module: module, name: name) else {
            throw .refusedGlobal(file: file, name: "\(module).\(name)")
        }
        return global
    }
}

extension Unpickler {
    private func depth(of value: PickleValue) -> Int {
        switch value {
        case .tuple(let node), .list(let node), .dictionary(let node): pickle.nodes[node].depth
        default: 0
        }
    }

    private func depth(above items: [PickleValue]) throws(CheckpointError) -> Int {
        let depth = 1 + (items.lazy.map { self.depth(of: $0) }.max() ?? 0)
        guard depth <= Limit.depth else {
            throw .limitExceeded(file: file, what: "the nesting of the pickle", limit: Limit.depth)
        }
        return depth
    }

    private mutating func newNode(_ items: [PickleValue]) throws(CheckpointError) -> Int {
        pickle.nodes.append(Pickle.Node(items: items, depth: try depth(above: items)))
        return pickle.nodes.count - 1
    }

    private mutating func pushTuple(_ count: Int) throws(CheckpointError) {
        var items: [PickleValue] = []
        for _ in 0..<count { items.append(try pop()) }
        items.reverse()
        stack.append(.tuple(try newNode(items)))
    }

    private mutating func extend(_ node: Int, _ items: [PickleValue]) throws(CheckpointError) {
        let depth = try depth(above: items)
        pickle.nodes[node].depth = max(pickle.nodes[node].depth, depth)
        pickle.nodes[node].items += items
    }

    private mutating func extendList(_ items: [PickleValue]) throws(CheckpointError) {
        guard case .list(let node) = stack.last else { throw damaged("append to something that is no list") }
        try extend(node, items)
    }

    private mutating func extendDictionary(_ items: [PickleValue]) throws(CheckpointError) {
        guard case .dictionary(let node) = stack.last, items.count.isMultiple(of: 2) else {
            throw damaged("item set on something that is no dictionary")
        }
        try extend(node, items)
    }
}

extension Unpickler {
    /// The storage that a persistent identifier `("storage", type, key, location, count[, view])` names.
    private mutating func storage(_ identifier: PickleValue) throws(CheckpointError) -> PickleValue {
        guard let items = pickle.tuple(identifier), items.count == 5 || items.count == 6,
            case .string("storage") = items[0], case .global(.storage(let type)) = items[1],
            case .string(let key) = items[2], case .string = items[3], case .integer(let count) = items[4], count >= 0
        else { throw damaged("a persistent identifier is no storage") }
        if items.count == 6, case .tuple = items[5] {
            throw .unsupported(
                file: file, what: "a view of a storage, as PyTorch before 0.4 wrote it",
                advice: "Load and save it with a recent PyTorch, best as safetensors.")
        }
        return .storage(try index(of: Pickle.Storage(scalarType: type, key: key, count: count)))
    }

    /// `REDUCE` and `NEWOBJ`: makes the value that a known tag and its arguments describe.
    private mutating func reduce(_ opcode: PickleOpcode) throws(CheckpointError) {
        let arguments = try pop()
        guard case .global(let global) = try pop(), let items = pickle.tuple(arguments),
            opcode == .reduce || global == .inert
        else { throw damaged("an object is built from something that is no class") }
        switch global {
        case .inert: stack.append(.inert)
        case .orderedDict:
            guard items.isEmpty else { throw damaged("an OrderedDict with arguments") }
            stack.append(.dictionary(try newNode([])))
        case .rebuildTensor: stack.append(try tensor(items))
        case .rebuildParameter:
            guard let first = items.first, case .tensor = first else { throw damaged("a parameter without tensor") }
            stack.append(first)
        case .storage: throw damaged("a storage outside a persistent identifier")
        }
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])`.
    private mutating func tensor(_ items: [PickleValue]) throws(CheckpointError) -> PickleValue {
        guard items.count == 6 || items.count == 7, case .storage(let storage) = items[0],
            case .integer(let offset) = items[1], let shape = pickle.integers(items[2]),
            let strides = pickle.integers(items[3])
        else { throw damaged("a tensor is described by something else than storage, offset, size and stride") }
        pickle.tensors.append(Pickle.TensorView(storage: storage, offset: offset, shape: shape, strides: strides))
        return .tensor(pickle.tensors.count - 1)
    }

    /// `BUILD`: drops the attributes of a skipped object, and a state dict's `_metadata`.
    private mutating func build() throws(CheckpointError) {
        _ = try pop()
        switch stack.last {
        case .inert, .dictionary: return
        default: throw damaged("attributes are set on something that has none")
        }
    }
}
