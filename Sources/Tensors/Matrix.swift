/// Rows of floats in aligned memory that is kept and reused from pass to pass.
///
/// A reference: whoever holds it sees the same numbers. Rows lie `stride` floats apart, a little more than their columns, so
/// that neighbouring rows do not fall into the same sets of the processor's caches.
///
/// `@unchecked Sendable` because the loops of `Compute` give each row to one thread at a time; whoever shares a matrix
/// in another way has to keep to that.
public final class Matrix: @unchecked Sendable {
    /// The number of rows in use.
    public private(set) var rows = 0
    /// The number of columns.
    public let columns: Int
    /// The distance between the starts of two rows, in floats.
    let stride: Int
    private(set) var memory = AlignedMemory(count: 0)

    /// An empty matrix of so many columns.
    public init(columns: Int) {
        self.columns = columns
        stride = (columns + 15) / 16 * 16 + 16
    }

    /// Makes room for `rows` rows; what they hold is undefined. Memory grows and is never given back.
    public func resize(rows: Int) {
        if rows * stride > memory.count { memory = AlignedMemory(count: rows * stride) }
        self.rows = rows
    }

    /// The start of a row, valid until `resize`.
    func row(_ index: Int) -> UnsafeMutablePointer<Float> { memory.start + index * stride }

    /// The values of one row, for reading and writing.
    public func withRow<Result>(_ index: Int, _ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
        precondition(index >= 0 && index < rows, "row \(index) of \(rows)")
        var span = UnsafeMutableBufferPointer(start: row(index), count: columns).mutableSpan
        return try body(&span)
    }

    /// A copy of the chosen rows, one after the other. Allocates the result alone, however many rows there are.
    public func copy(rows chosen: some Collection<Int>) -> [Float] {
        [Float](unsafeUninitializedCapacity: chosen.count * columns) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            for index in chosen {
                precondition(index >= 0 && index < rows, "row \(index) of \(rows)")
                (start + count).initialize(from: row(index), count: columns)
                count += columns
            }
        }
    }
}

extension Matrix {
    /// Copies `count` scalars of a tensor, from offset `from` on, into a row, from `column` on.
    public func write(_ tensor: Tensor, from: Int, count: Int, to row: Int, column: Int) {
        precondition(from >= 0 && count >= 0 && from + count <= tensor.count, "outside the tensor")
        precondition(row >= 0 && row < rows && column >= 0 && column + count <= columns, "outside the matrix")
        tensor.scalars.withUnsafeBufferPointer { scalars in
            guard let start = scalars.baseAddress else { return }
            (self.row(row) + column).update(from: start + from, count: count)
        }
    }

    /// Copies rows of a tensor (…, columns) to the rows from `first` on.
    public func write(_ tensor: Tensor, rows range: Range<Int>, to first: Int) {
        for (offset, row) in range.enumerated() {
            write(tensor, from: row * columns, count: columns, to: first + offset, column: 0)
        }
    }

    /// Copies the chosen rows of another matrix of the same width to the first rows of this one.
    public func gather(_ chosen: [Int], of other: Matrix) {
        precondition(other.columns == columns && chosen.count <= rows, "shapes of a gather")
        for (index, source) in chosen.enumerated() {
            precondition(source >= 0 && source < other.rows, "row \(source) of \(other.rows)")
            row(index).update(from: other.row(source), count: columns)
        }
    }
}
