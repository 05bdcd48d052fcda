import Tensors
import TestSupport

/// Rows inside a larger matrix whose other values are NaN: who reads beside them gets NaN, who writes there is seen.
struct Framed {
    private let matrix: Matrix
    private let left: Int
    private let count, columns: Int
    /// The rows within.
    let rows: MatrixRows

    /// A copy of `values`, from a column on that is no register's boundary.
    init(_ values: Rows, left: Int = 3) {
        self.left = left
        count = values.count
        columns = values.columns
        matrix = Matrix(columns: left + values.columns + 5)
        matrix.resize(rows: values.count + 2)
        for row in 0..<matrix.rows {
            matrix.withRow(row) { span in
                for column in 0..<span.count {
                    let inside = row >= 1 && row <= values.count && (left..<left + values.columns).contains(column)
                    span[column] = inside ? Float(values[row - 1, column - left]) : .nan
                }
            }
        }
        rows = matrix.rows(1..<1 + values.count).columns(left..<left + values.columns)
    }

    /// Rows that hold NaN until somebody writes them.
    init(blank count: Int, _ columns: Int) {
        self.init(Rows(count, columns, [Double](repeating: .nan, count: count * columns)))
    }

    /// The rows' values.
    var values: [Float] {
        (0..<count).flatMap { Array(matrix.copy(rows: [1 + $0])[left..<left + columns]) }
    }

    /// Whether everything around the rows is as it was.
    var isIntact: Bool {
        (0..<matrix.rows).allSatisfy { row in
            let all = matrix.copy(rows: [row]), inside = row >= 1 && row <= count
            return all.indices.allSatisfy { all[$0].isNaN || (inside && (left..<left + columns).contains($0)) }
        }
    }
}
