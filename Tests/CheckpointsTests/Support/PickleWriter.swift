/// A pickle under construction, one instruction at a time, honest or not.
struct PickleWriter {
    private(set) var bytes: [UInt8] = [0x80, 2]

    /// Any bytes.
    mutating func raw(_ bytes: [UInt8]) { self.bytes += bytes }
    mutating func raw(_ text: String) { bytes += Array(text.utf8) }

    mutating func mark() { raw("(") }
    mutating func global(_ module: String, _ name: String) { raw("c\(module)\n\(name)\n") }
    mutating func integer(_ value: Int) { raw([0x8A, 8] + littleEndian(value)) }

    mutating func string(_ text: String) {
        raw("X")
        raw(littleEndian(UInt32(text.utf8.count)) + Array(text.utf8))
    }

    mutating func integers(_ values: [Int]) {
        mark()
        for value in values { integer(value) }
        raw("t")
    }

    /// A whole pickle around a body.
    static func pickle(_ body: (inout PickleWriter) -> Void) -> [UInt8] {
        var writer = PickleWriter()
        body(&writer)
        writer.raw(".")
        return writer.bytes
    }

    /// A dictionary with string keys.
    mutating func dictionary(_ entries: [(String, (inout PickleWriter) -> Void)]) {
        raw("}(")
        for (key, value) in entries {
            string(key)
            value(&self)
        }
        raw("u")
    }

    /// `_rebuild_tensor_v2` of a storage.
    mutating func tensor(_ tensor: TorchTensor) {
        global("torch._utils", "_rebuild_tensor_v2")
        mark()
        mark()
        string("storage")
        global("torch", tensor.storageType)
        string(tensor.key)
        string("cuda:0")
        integer(tensor.numel)
        if tensor.isLegacy { raw("N") }
        raw("tQ")
        integer(tensor.offset)
        integers(tensor.shape)
        integers(tensor.strides)
        raw([0x89])
        global("collections", "OrderedDict")
        raw(")RtR")
    }
}

/// A tensor as PyTorch describes it.
struct TorchTensor {
    var key = "0"
    var storageType = "FloatStorage"
    var numel: Int
    var offset = 0
    var shape: [Int]
    var strides: [Int]
    var isLegacy = false
}
