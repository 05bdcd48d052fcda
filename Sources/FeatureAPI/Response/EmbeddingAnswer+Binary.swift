package import Tensors

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

    /// The tensor as a NumPy array file: header, then scalars.
    package var npy: [UInt8] {
        let header = NPY.header(shape: shape)
        var bytes = [UInt8]()
        bytes.reserveCapacity(header.count + count * MemoryLayout<Float>.size)
        bytes += header
        scalars.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return bytes
    }
}
