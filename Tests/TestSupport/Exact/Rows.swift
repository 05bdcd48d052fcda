/// Rows of doubles: what the layers' formulas are computed on, without haste.
public struct Rows: Sendable, Equatable {
    /// The number of rows.
    public let count: Int
    /// The number of columns.
    public let columns: Int
    /// The values, row after row.
    public var values: [Double]

    /// Rows of existing values.
    public init(_ count: Int, _ columns: Int, _ values: [Double]) {
        precondition(values.count == count * columns, "\(values.count) values for \(count) × \(columns)")
        self.count = count
        self.columns = columns
        self.values = values
    }

    /// Rows of zeros.
    public init(zeros count: Int, _ columns: Int) {
        self.init(count, columns, [Double](repeating: 0, count: count * columns))
    }

    /// The same numbers in every run, each of which a `Float` holds exactly.
    public static func random(
        _ count: Int, _ columns: Int, seed: UInt64, in range: ClosedRange<Float> = -1...1
    ) -> Rows {
        var generator = SeededGenerator(seed: seed)
        return Rows(
            count, columns, (0..<count * columns).map { _ in Double(Float.random(in: range, using: &generator)) })
    }

    /// One value.
    public subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// One row.
    public func row(_ index: Int) -> [Double] { Array(values[index * columns..<(index + 1) * columns]) }

    /// Some of the rows.
    public func rows(_ range: Range<Int>) -> Rows {
        Rows(range.count, columns, Array(values[range.lowerBound * columns..<range.upperBound * columns]))
    }

    /// Some of the columns.
    public func columns(_ range: Range<Int>) -> Rows {
        Rows(count, range.count, (0..<count).flatMap { row in range.map { self[row, $0] } })
    }

    /// The values as floats.
    public var floats: [Float] { values.map { Float($0) } }

    /// The sum with others of the same shape; no operator, which every `+` of the tests would have to consider.
    public func plus(_ other: Rows) -> Rows {
        precondition(other.count == count && other.columns == columns, "shapes of a sum")
        return Rows(count, columns, zip(values, other.values).map { $0 + $1 })
    }
}

/// The scalar product.
public func dot(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count, "\(a.count) and \(b.count) values")
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
}

/// The norm of the difference over the norm of what was expected; infinite where something is not a number.
public func relativeDifference(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let square = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    if square.isNaN { return .infinity }
    return square == 0 ? 0 : (square / max(dot(expected, expected), 1e-24)).squareRoot()
}

/// The same of floats.
public func relativeDifference(_ found: [Float], _ expected: [Double]) -> Double {
    relativeDifference(found.map(Double.init), expected)
}
