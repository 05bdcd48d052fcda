import CKernels

/// N vectors of D numbers in two levels of 8 bits each: x ≈ scale · coarse + fineScale · fine.
///
/// A reference to memory that is only added to: whoever knows that the first n rows are written may read them while another
/// thread writes the row after. Memory: 2 · D + 16 bytes a row (D rounded up to a multiple of 16), taken as rows are written.
///
/// `@unchecked Sendable` because a row is written once, before any thread is told of it.
public final class QuantizedRows: @unchecked Sendable {
    /// Rows that lie interleaved; a filter's mask has a bit for each.
    public static let group = Int(DK_GROUP)
    /// The most numbers that a vector may have: products of such vectors fit 32 bits, and the bounds of rounding hold.
    public static let maximumDimensions = 16_384

    /// D.
    public let dimensions: Int
    /// The number of rows that there is room for, a multiple of `group`.
    public let capacity: Int
    let width: Int
    private let memory: AlignedMemory

    /// Room for so many rows, rounded up to whole groups.
    ///
    /// - Parameter dimensions: from 1 to `maximumDimensions`.
    public init(dimensions: Int, capacity: Int) {
        precondition((1...Self.maximumDimensions).contains(dimensions) && capacity > 0, "shape of quantised rows")
        self.dimensions = dimensions
        self.capacity = (capacity + Self.group - 1) / Self.group * Self.group
        width = Self.padded(dimensions)
        memory = AlignedMemory(count: (self.capacity * (2 * width + 16) + 3) / 4)
        memory.preferLargePages()
        if !memory.isZeroed { memory.start.update(repeating: 0, count: memory.count) }
    }

    /// Bytes of memory that one row takes.
    public var bytesPerRow: Int { 2 * width + 16 }

    static func padded(_ dimensions: Int) -> Int { (dimensions + group - 1) / group * group }

    /// Copies a row of other rows of the same dimensions to a place here that nobody reads yet.
    public func copy(row: Int, of other: QuantizedRows, to place: Int) {
        precondition(dimensions == other.dimensions, "rows of \(dimensions) and of \(other.dimensions) numbers")
        precondition((0..<other.capacity).contains(row) && (0..<capacity).contains(place), "outside the rows")
        let from = other.words(of: row), to = words(of: place)
        for word in 0..<width / 4 { to[word * Self.group] = from[word * Self.group] }
        fine(of: place).update(from: other.fine(of: row), count: width)
        for kind in 0..<4 { factors(kind)[place] = other.factors(kind)[row] }
    }

    /// How far the vector made of both levels is from the true one, at most.
    func fineSlack(of row: Int) -> Float { factors(3)[row] }

    // The memory: coarse codes in groups, fine codes in rows, then scale, slack, fine scale and fine slack of every row.

    var codes: UnsafeMutablePointer<UInt8> { memory.pointer(at: 0) }
    func words(of row: Int) -> UnsafeMutablePointer<UInt32> {
        memory.pointer(at: row / Self.group * Self.group * width + row % Self.group * 4)
    }
    func fine(of row: Int) -> UnsafeMutablePointer<Int8> { memory.pointer(at: (capacity + row) * width) }
    func factors(_ kind: Int) -> UnsafeMutablePointer<Float> {
        memory.pointer(at: 2 * capacity * width + 4 * kind * capacity)
    }
}

extension QuantizedRows {
    /// The error of one level's length beyond the square root of its squares.
    ///
    /// The kernel sums at most 16,384 squares with a relative error of 2⁻²⁴ each: under 2⁻¹⁰ in all, half of that in the root.
    /// Each rest is rounded once or twice, by at most 2⁻²⁴ of the number it came from and of itself: together less than 5e-7
    /// in length for vectors of length 1.
    static func slack(squares: Float) -> Float { (squares.squareRoot() * (1 + 0x1p-10) + 5e-7).nextUp }

    /// Puts codes into a row, and the factors that go with them.
    func put(_ coarse: UnsafePointer<Int8>, _ levels: dk_levels, to row: Int) {
        let words = words(of: row)
        for word in 0..<width / 4 {
            let four = UnsafeRawPointer(coarse).loadUnaligned(fromByteOffset: 4 * word, as: UInt32.self)
            words[word * Self.group] = four ^ 0x8080_8080  // + 128 in each byte
        }
        factors(0)[row] = levels.scale
        factors(1)[row] = Self.slack(squares: levels.squares)
        factors(2)[row] = levels.fine_scale
        factors(3)[row] = Self.slack(squares: levels.fine_squares)
    }
}
