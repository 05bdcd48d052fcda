public import Tensors

/// A named array whose bytes stay in the memory-mapped file until they are read.
public struct StoredTensor: Sendable {
    /// The name: canonical in a `Checkpoint`, the file's own in a `TensorFile`.
    public let name: String
    /// The extent of each dimension, outermost first.
    public let shape: [Int]
    /// The number of elements.
    public let count: Int
    /// The parts, stacked along the first dimension.
    private let views: [StridedView]
    private let path: String

    /// The stored type (of the first part, where the tensor was gathered from several).
    public var scalarType: ScalarType { views[0].scalarType }

    /// A tensor that is one view.
    init(name: String, view: StridedView) {
        self.name = name
        shape = view.shape
        count = view.count
        views = [view]
        path = view.region.file.path
    }

    /// The rows of several tensors of one shape, one after the other.
    ///
    /// Nil where the shapes differ or have no rows.
    init?(name: String, stacking parts: [StoredTensor]) {
        guard let first = parts.first, let rows = first.shape.first, parts.allSatisfy({ $0.shape == first.shape }),
            case (let stackedRows, false) = rows.multipliedReportingOverflow(by: parts.count)
        else { return nil }
        let shape = [stackedRows] + first.shape.dropFirst()
        guard let count = StridedView.product(shape) else { return nil }
        self.name = name
        self.shape = shape
        self.count = count
        views = parts.flatMap(\.views)
        path = first.path
    }

    /// The same array under another name.
    func renamed(_ name: String) -> StoredTensor {
        StoredTensor(name: name, shape: shape, count: count, views: views, path: path)
    }

    private init(name: String, shape: [Int], count: Int, views: [StridedView], path: String) {
        self.name = name
        self.shape = shape
        self.count = count
        self.views = views
        self.path = path
    }
}

extension StoredTensor {
    /// The elements converted to 32-bit floats, dense and row-major.
    ///
    /// - Throws: `CheckpointError.damagedTensor` where the bytes fail their checksum.
    public func tensor() throws(CheckpointError) -> Tensor {
        var tensor = Tensor(zeros: shape)
        var failure: CheckpointError?
        tensor.scalars.withUnsafeMutableBufferPointer { buffer in
            do throws(CheckpointError) { try copyFloats(into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return tensor
    }

    /// Writes the elements as 32-bit floats, dense and row-major, without an intermediate copy.
    ///
    /// - Parameter target: room for exactly `count` floats.
    /// - Throws: `CheckpointError.damagedTensor` where the bytes fail their checksum or `target` has another size.
    public func copyFloats(into target: UnsafeMutableBufferPointer<Float>) throws(CheckpointError) {
        guard target.count == count else {
            throw .damagedTensor(
                file: path, tensor: name, reason: "it has \(count) elements where \(target.count) were expected")
        }
        var start = 0
        for view in views {
            let part = UnsafeMutableBufferPointer(rebasing: target[start..<start + view.count])
            try view.copyFloats(into: part, tensor: name)
            start += view.count
        }
    }

    /// What `body` gives for the elements as they lie in the file, dense and row-major; nil where they are not stored as
    /// 32-bit floats in that order, so that they have to be copied.
    ///
    /// - Throws: `CheckpointError.damagedTensor` where the bytes fail their checksum, and what `body` throws.
    public func withStoredFloats<Value>(_ body: (UnsafeBufferPointer<Float>) throws -> Value) throws -> Value? {
        guard views.count == 1 else { return nil }
        return try views[0].withStoredFloats(tensor: name, body)
    }

    /// Lets the kernel drop this tensor's resident pages, once it was copied elsewhere.
    public func releasePages() {
        for view in views { view.region.file.releasePages(view.region.range) }
    }
}
