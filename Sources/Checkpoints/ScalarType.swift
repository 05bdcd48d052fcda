/// The type of one stored number, as safetensors and PyTorch name them.
public enum ScalarType: String, Sendable, CaseIterable {
    /// IEEE 754 binary64.
    case float64
    /// IEEE 754 binary32.
    case float32
    /// IEEE 754 binary16.
    case float16
    /// The upper half of a binary32.
    case bfloat16
    /// A signed 64-bit integer.
    case int64
    /// A signed 32-bit integer.
    case int32
    /// A signed 16-bit integer.
    case int16
    /// A signed 8-bit integer.
    case int8
    /// An unsigned 64-bit integer.
    case uint64
    /// An unsigned 32-bit integer.
    case uint32
    /// An unsigned 16-bit integer.
    case uint16
    /// An unsigned 8-bit integer.
    case uint8
    /// One byte, true unless zero.
    case bool

    /// The size of one stored number, in bytes.
    public var itemSize: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    /// The `dtype` of a safetensors header.
    var safetensorsName: String {
        switch self {
        case .float64: "F64"
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .int64: "I64"
        case .int32: "I32"
        case .int16: "I16"
        case .int8: "I8"
        case .uint64: "U64"
        case .uint32: "U32"
        case .uint16: "U16"
        case .uint8: "U8"
        case .bool: "BOOL"
        }
    }

    /// The type with a safetensors `dtype`, nil for the ones not read (8-bit floats and smaller).
    init?(safetensorsName: String) {
        guard let type = Self.allCases.first(where: { $0.safetensorsName == safetensorsName }) else { return nil }
        self = type
    }

    /// The type that a storage class of module `torch` holds, such as `FloatStorage`.
    init?(torchStorageName: String) {
        switch torchStorageName {
        case "DoubleStorage": self = .float64
        case "FloatStorage": self = .float32
        case "HalfStorage": self = .float16
        case "BFloat16Storage": self = .bfloat16
        case "LongStorage": self = .int64
        case "IntStorage": self = .int32
        case "ShortStorage": self = .int16
        case "CharStorage": self = .int8
        case "ByteStorage": self = .uint8
        case "BoolStorage": self = .bool
        default: return nil
        }
    }
}

extension ScalarType {
    /// Whether numbers of this type have fractions.
    public var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }
}
