/// Rows of a matrix, named for a kernel: `x.rows(0..<8)`.
///
/// It keeps the memory alive, so it stays valid when its matrix is resized, but then names rows nobody looks at.
public struct MatrixRows: Sendable {
    let memory: AlignedMemory
    let offset: Int
    let stride: Int
    /// The number of rows.
    public let count: Int
    /// The number of columns.
    public let columns: Int

    var start: UnsafeMutablePointer<Float> { memory.start + offset }

    /// Some of the rows, counted from the first of these.
    public subscript(range: Range<Int>) -> MatrixRows {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "rows \(range) of \(count)")
        return MatrixRows(
            memory: memory, offset: offset + range.lowerBound * stride, stride: stride, count: range.count,
            columns: columns)
    }

    /// Every `step`-th row from the first on: the CLS tokens of a batch of sequences of `step` tokens.
    public func everyRow(_ step: Int) -> MatrixRows {
        precondition(step > 0, "a step of \(step) rows")
        return MatrixRows(
            memory: memory, offset: offset, stride: stride * step, count: (count + step - 1) / step, columns: columns)
    }

    /// A run of the columns.
    public func columns(_ range: Range<Int>) -> MatrixRows {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
        return MatrixRows(
            memory: memory, offset: offset + range.lowerBound, stride: stride, count: count, columns: range.count)
    }

    /// The values of one row, for reading and writing.
    public func withRow<Result>(_ index: Int, _ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
        precondition(index >= 0 && index < count, "row \(index) of \(count)")
        var span = UnsafeMutableBufferPointer(start: start + index * stride, count: columns).mutableSpan
        return try body(&span)
    }
}

extension Matrix {
    /// The rows of `range`, which must lie inside the matrix.
    public func rows(_ range: Range<Int>) -> MatrixRows { allRows[range] }

    /// All rows.
    public var allRows: MatrixRows {
        MatrixRows(memory: memory, offset: 0, stride: stride, count: rows, columns: columns)
    }
}

extension MatrixRows {
    /// A copy of all values in rows of `columns`.
    public func tensor(columns: Int) -> Tensor {
        precondition(stride == self.columns || count == 1, "rows that lie apart")
        precondition(count * self.columns % columns == 0, "\(count * self.columns) values in rows of \(columns)")
        return Tensor(
            shape: [count * self.columns / columns, columns],
            scalars: Array(UnsafeBufferPointer(start: start, count: count * self.columns)))
    }

    /// Adds a tensor of as many values.
    public func add(_ tensor: Tensor) {
        precondition(stride == columns || count == 1, "rows that lie apart")
        precondition(tensor.count == count * columns, "\(tensor.count) values for \(count * columns)")
        for index in 0..<tensor.count { start[index] += tensor.scalars[index] }
    }
}
