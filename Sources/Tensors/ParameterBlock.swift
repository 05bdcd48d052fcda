/// The places of named tensors in one flat block of floats.
public struct ParameterLayout: Sendable, Equatable {
    /// One tensor's place.
    public struct Entry: Sendable, Equatable {
        /// The reference's name: `blocks.0.attn.qkv.weight`.
        public let name: String
        /// The extents, outermost first.
        public let shape: [Int]
        /// The first float's place.
        public let offset: Int
        /// The number of floats.
        public var count: Int { shape.reduce(1, *) }
        /// The place in the block.
        public var range: Range<Int> { offset..<offset + count }
    }

    /// The tensors in the order of their places.
    public let entries: [Entry]
    /// The floats of the block, with the few between tensors that keep each on a cache line's boundary.
    public let count: Int
    private let indices: [String: Int]

    /// The places of tensors of such names and shapes.
    ///
    /// - Precondition: no name repeats.
    public init(_ tensors: [(name: String, shape: [Int])]) {
        var entries: [Entry] = []
        var offset = 0
        for (name, shape) in tensors {
            entries.append(Entry(name: name, shape: shape, offset: offset))
            offset += (shape.reduce(1, *) + 15) / 16 * 16
        }
        self.entries = entries
        count = offset
        indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
    }

    /// The place of a tensor among `entries`.
    public func index(of name: String) -> Int? { indices[name] }
}

/// Parameters, gradients or moments of a whole network in one flat block, so that an optimiser is one loop.
///
/// A reference: the layers look into it. `@unchecked Sendable` because the loops of `Compute` give each float to one thread at a
/// time; whoever shares a block in another way has to keep to that.
public final class ParameterBlock: @unchecked Sendable {
    /// Where each tensor lies.
    public let layout: ParameterLayout
    let memory: AlignedMemory

    /// A block of zeros.
    public init(_ layout: ParameterLayout) {
        self.layout = layout
        memory = AlignedMemory(count: layout.count)
        memory.start.initialize(repeating: 0, count: layout.count)
    }

    /// A tensor as a matrix: its first extent in rows (one row for a vector), the others in columns.
    ///
    /// - Precondition: the layout has the name.
    public func rows(_ name: String) -> MatrixRows {
        guard let index = layout.index(of: name) else { preconditionFailure("no parameter '\(name)'") }
        let entry = layout.entries[index]
        let rows = entry.shape.count > 1 ? entry.shape[0] : 1, columns = entry.count / rows
        return MatrixRows(memory: memory, offset: entry.offset, stride: columns, count: rows, columns: columns)
    }

    /// A copy of one tensor.
    public func tensor(_ entry: ParameterLayout.Entry) -> Tensor {
        Tensor(
            shape: entry.shape,
            scalars: Array(UnsafeBufferPointer(start: memory.start + entry.offset, count: entry.count)))
    }

    /// Overwrites one tensor.
    ///
    /// - Precondition: `scalars` are as many as the tensor's.
    public func write(_ scalars: [Float], to entry: ParameterLayout.Entry) {
        precondition(scalars.count == entry.count, "\(scalars.count) scalars for '\(entry.name)'")
        scalars.withUnsafeBufferPointer { buffer in
            if let start = buffer.baseAddress { (memory.start + entry.offset).update(from: start, count: entry.count) }
        }
    }

    /// Takes all floats of another block of the same layout.
    public func copy(_ other: ParameterBlock) {
        precondition(layout == other.layout, "blocks of two layouts")
        memory.start.update(from: other.memory.start, count: layout.count)
    }

    /// Sets every float to zero.
    public func zero(on compute: Compute) {
        compute.forEachPart(of: layout.count, 1 << 16) { [memory] range in
            (memory.start + range.lowerBound).update(repeating: 0, count: range.count)
        }
    }
}

extension Compute {
    /// Calls `body` with runs of `0..<count` of `size` each (the last may be shorter), on all threads.
    ///
    /// Where runs end does not depend on the number of threads, so sums over a run do not either.
    public func forEachPart(of count: Int, _ size: Int, _ body: @Sendable (Range<Int>) -> Void) {
        forEach((count + size - 1) / size) { index, _ in
            body(index * size..<min((index + 1) * size, count))
        }
    }
}
