/// A reader of protocol 2 pickles that builds data and knows no way to call anything.
///
/// One loop over the bytes, a stack, a memo; limits on instructions, nesting, memo and strings.
struct Unpickler {
    /// Limits on what one pickle may hold.
    enum Limit {
        static let bytes = 16 << 20
        static let instructions = 2_000_000
        static let depth = 64
        static let memo = 200_000
        static let stringBytes = 64 << 10
    }

    let file: String
    var reader: ByteReader
    var pickle = Pickle()
    var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [UInt32: PickleValue] = [:]
    private var storageIndices: [String: Int] = [:]

    /// Reads the pickle that starts at a byte of `bytes`, and returns it with the index after its `STOP`.
    static func read(
        _ bytes: [UInt8], at offset: Int = 0, file: String
    ) throws(CheckpointError) -> (pickle: Pickle, end: Int) {
        var unpickler = Unpickler(file: file, reader: ByteReader(bytes, at: offset))
        try unpickler.run()
        return (unpickler.pickle, unpickler.reader.offset)
    }

    private init(file: String, reader: ByteReader) {
        self.file = file
        self.reader = reader
    }

    private mutating func run() throws(CheckpointError) {
        guard reader.byte() == PickleOpcode.proto.rawValue, let version = reader.byte() else {
            throw damaged("no pickle protocol header")
        }
        guard version == 2 else {
            throw .unsupported(
                file: file, what: "pickle protocol \(version)", advice: "Save it with torch.save's default protocol.")
        }
        for _ in 0..<Limit.instructions {
            let offset = reader.offset
            guard let byte = reader.byte() else { throw damaged("the pickle is cut short") }
            guard let opcode = PickleOpcode(rawValue: byte), opcode != .proto else {
                throw .refusedOpcode(file: file, name: PickleOpcode.refusedName(byte), offset: offset)
            }
            if opcode == .stop {
                guard stack.count == 1, marks.isEmpty else { throw damaged("the pickle ends with a full stack") }
                pickle.root = stack[0]
                return
            }
            try execute(opcode)
        }
        throw .limitExceeded(file: file, what: "the number of pickle instructions", limit: Limit.instructions)
    }

    func damaged(_ reason: String) -> CheckpointError {
        .damaged(file: file, reason: "\(reason) (pickle byte \(reader.offset))")
    }

    /// A field of an instruction, or the error that the pickle is cut short.
    func field<Value>(_ value: Value?) throws(CheckpointError) -> Value {
        guard let value else { throw damaged("the pickle is cut short or holds invalid text") }
        return value
    }

    /// Takes the topmost value above the last mark.
    mutating func pop() throws(CheckpointError) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw damaged("stack underflow") }
        return value
    }

    mutating func pushMark() {
        marks.append(stack.count)
    }

    /// Takes everything above the last mark.
    mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw damaged("no mark on the stack") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    mutating func remember(_ index: UInt32) throws(CheckpointError) {
        guard memo.count < Limit.memo else {
            throw .limitExceeded(file: file, what: "the pickle's memo", limit: Limit.memo)
        }
        guard stack.count > marks.last ?? 0, let value = stack.last else { throw damaged("stack underflow") }
        memo[index] = value
    }

    mutating func recall(_ index: UInt32) throws(CheckpointError) {
        guard let value = memo[index] else { throw damaged("memo \(index) was never set") }
        stack.append(value)
    }

    /// The index of a storage, which is listed once however often tensors share it.
    mutating func index(of storage: Pickle.Storage) throws(CheckpointError) -> Int {
        if let index = storageIndices[storage.key] {
            let known = pickle.storages[index]
            guard known.scalarType == storage.scalarType, known.count == storage.count else {
                throw damaged("storage \(quoted(storage.key)) is described in two ways")
            }
            return index
        }
        pickle.storages.append(storage)
        storageIndices[storage.key] = pickle.storages.count - 1
        return pickle.storages.count - 1
    }
}
