/// The pickle instructions that state dicts are made of; every other one is refused by name.
enum PickleOpcode: UInt8 {
    case proto = 0x80
    case stop = 0x2E  // .
    case mark = 0x28  // (
    case global = 0x63  // c
    case reduce = 0x52  // R
    case build = 0x62  // b
    case newObject = 0x81
    case persistentID = 0x51  // Q
    case int32 = 0x4A  // J
    case uint8 = 0x4B  // K
    case uint16 = 0x4D  // M
    case long = 0x8A
    case double = 0x47  // G
    case unicode = 0x58  // X
    case shortString = 0x55  // U
    case none = 0x4E  // N
    case `true` = 0x88
    case `false` = 0x89
    case emptyDictionary = 0x7D  // }
    case emptyList = 0x5D  // ]
    case emptyTuple = 0x29  // )
    case tuple = 0x74  // t
    case tuple1 = 0x85
    case tuple2 = 0x86
    case tuple3 = 0x87
    case append = 0x61  // a
    case appends = 0x65  // e
    case setItem = 0x73  // s
    case setItems = 0x75  // u
    case put = 0x71  // q
    case longPut = 0x72  // r
    case get = 0x68  // h
    case longGet = 0x6A  // j

    /// The name that Python's `pickletools` gives an instruction outside the list above.
    static func refusedName(_ byte: UInt8) -> String {
        refusedNames[byte] ?? "0x" + String(byte, radix: 16)
    }

    private static let refusedNames: [UInt8: String] = [
        0x30: "POP", 0x31: "POP_MARK", 0x32: "DUP", 0x46: "FLOAT", 0x49: "INT", 0x4C: "LONG", 0x50: "PERSID",
        0x53: "STRING", 0x54: "BINSTRING", 0x56: "UNICODE", 0x64: "DICT", 0x67: "GET", 0x69: "INST", 0x6C: "LIST",
        0x6F: "OBJ", 0x70: "PUT", 0x42: "BINBYTES", 0x43: "SHORT_BINBYTES", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4",
        0x8B: "LONG4", 0x8C: "SHORT_BINUNICODE", 0x8D: "BINUNICODE8", 0x8E: "BINBYTES8", 0x8F: "EMPTY_SET",
        0x90: "ADDITEMS", 0x91: "FROZENSET", 0x92: "NEWOBJ_EX", 0x93: "STACK_GLOBAL", 0x94: "MEMOIZE", 0x95: "FRAME",
        0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
    ]
}
