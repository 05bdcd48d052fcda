/// What the JSON at the start of a safetensors file says.
struct SafetensorsHeader {
    /// One tensor's line.
    struct Entry {
        let name: String
        let dtype: String
        let shape: [Int]
        /// Bytes relative to the end of the header.
        let begin: Int
        let end: Int
    }

    /// The tensors, in the header's order.
    private(set) var entries: [Entry] = []
    /// `__metadata__`.
    private(set) var metadata: [String: String] = [:]

    /// The largest number of tensors that is read.
    static let maximumTensors = 20_000
    /// The most metadata that is read, in bytes of keys and values.
    static let maximumMetadataBytes = 1 << 20
    /// The longest tensor name that is read, in bytes.
    static let maximumNameBytes = 1 << 10

    /// The header that a JSON text spells.
    init(json: [UInt8]) throws(HeaderScanner.Fault) {
        var scanner = HeaderScanner(json)
        var entries: [Entry] = []
        var metadata: [String: String] = [:]
        try scanner.object { scanner, name throws(HeaderScanner.Fault) in
            if name == "__metadata__" {
                metadata = try Self.metadata(&scanner)
            } else {
                guard entries.count < Self.maximumTensors else {
                    throw HeaderScanner.Fault(reason: "more than \(Self.maximumTensors) tensors")
                }
                entries.append(try Self.entry(name, &scanner))
            }
        }
        try scanner.end()
        self.entries = entries
        self.metadata = metadata
    }

    private static func metadata(
        _ scanner: inout HeaderScanner
    ) throws(HeaderScanner.Fault) -> [String: String] {
        var metadata: [String: String] = [:]
        var bytes = 0
        try scanner.object { scanner, key throws(HeaderScanner.Fault) in
            let value = try scanner.string()
            bytes += key.utf8.count + value.utf8.count
            guard bytes <= maximumMetadataBytes else {
                throw HeaderScanner.Fault(reason: "more than \(maximumMetadataBytes) bytes of metadata")
            }
            metadata[key] = value
        }
        return metadata
    }

    private static func entry(
        _ name: String, _ scanner: inout HeaderScanner
    ) throws(HeaderScanner.Fault) -> Entry {
        guard name.utf8.count <= maximumNameBytes, !name.utf8.contains(0) else {
            throw HeaderScanner.Fault(reason: "tensor name \(quoted(name)) is too long or holds a NUL")
        }
        var dtype: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key throws(HeaderScanner.Fault) in
            switch key {
            case "dtype": dtype = try scanner.string()
            case "shape": shape = try scanner.naturals(limit: 8)
            case "data_offsets": offsets = try scanner.naturals(limit: 2)
            default: throw HeaderScanner.Fault(reason: "unknown key \(quoted(key)) in tensor \(quoted(name))")
            }
        }
        guard let dtype, let shape, let offsets, offsets.count == 2 else {
            throw HeaderScanner.Fault(reason: "tensor \(quoted(name)) lacks dtype, shape or data_offsets")
        }
        return Entry(name: name, dtype: dtype, shape: shape, begin: offsets[0], end: offsets[1])
    }
}
