public import Tensors

extension EmbeddingAnswer {
    /// One kind of feature over all images: `(B, D)` for cls, else `(B, vectors, D)`.
    ///
    /// - Throws: The first image's fault, since an array has no place for it.
    func array(_ kind: FeatureKind) throws(FeatureAPIError) -> Tensor {
        var scalars = [Float]()
        for image in images { scalars.append(contentsOf: try image.get().features[kind]?.scalars ?? []) }
        let vectors = kind == .cls ? [] : [model.vectorCount(kind, size: size)]
        return Tensor(shape: [images.count] + vectors + [dimensions], scalars: scalars)
    }
}

extension Tensor {
    /// The scalars as little-endian float32.
    var littleEndianBytes: [UInt8] {
        scalars.withUnsafeBytes { Array($0) }
    }

    /// The tensor as a NumPy array file, format version 1.0: magic, header padded to a multiple of 64 bytes, scalars.
    public var npy: [UInt8] {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
        // Magic, version and length take 10 bytes, the line feed one.
        let padding = (64 - (10 + dictionary.utf8.count + 1) % 64) % 64
        let length = dictionary.utf8.count + padding + 1
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF)]
        bytes.reserveCapacity(10 + length + count * 4)
        bytes += Array(dictionary.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
        bytes += littleEndianBytes
        return bytes
    }
}
