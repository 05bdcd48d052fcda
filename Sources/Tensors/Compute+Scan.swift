import CKernels

/// The scan of quantised rows. Each call runs on the calling thread; loops over rows belong to `Compute.forEach`.
extension Compute {
    /// Quantises a vector of length 1 (to within 1e-3) into a row that nobody reads yet. Cost: about 1 µs for 384 numbers.
    public func quantize(_ vector: Span<Float>, into rows: QuantizedRows, at row: Int) {
        precondition(vector.count == rows.dimensions, "\(vector.count) numbers in a row of \(rows.dimensions)")
        precondition((0..<rows.capacity).contains(row), "row \(row) of \(rows.capacity)")
        let width = rows.width
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { rest in
            withUnsafeTemporaryAllocation(of: Int8.self, capacity: width) { coarse in
                guard let restStart = rest.baseAddress, let coarseStart = coarse.baseAddress else { return }
                vector.withUnsafeBufferPointer { _ = rest.initialize(fromContentsOf: $0) }
                (restStart + vector.count).initialize(repeating: 0, count: width - vector.count)
                let levels = kernels.pointee.quantize(restStart, width, coarseStart, rows.fine(of: row))
                rows.put(coarseStart, levels, to: row)
            }
        }
    }

    /// Finds, for each of the buffer's queries, the rows in `groups` whose product may reach the query's threshold.
    ///
    /// Cost: D products of bytes for each row and query. Groups without a bit in `masks` are not read.
    ///
    /// - Parameters:
    ///   - groups: groups of `QuantizedRows.group` rows, at most as many as the buffer was made for.
    ///   - masks: one for each group of `rows`, counted from its first: a bit for each row that may be found; all, where empty.
    public func scan(_ rows: QuantizedRows, groups: Range<Int>, masks: [UInt16], with buffer: ScanBuffer) {
        precondition(rows.dimensions == buffer.queries.dimensions, "dimensions of rows and queries")
        precondition(
            groups.lowerBound >= 0 && groups.upperBound * QuantizedRows.group <= rows.capacity, "outside the rows")
        precondition(groups.count <= buffer.groups, "\(groups.count) groups in a buffer for \(buffer.groups)")
        precondition(masks.isEmpty || masks.count >= groups.upperBound, "masks of \(groups)")
        let codes = dk_codes(
            codes: rows.codes, scales: rows.factors(0), slacks: rows.factors(1), words: rows.width / 4)
        masks.withUnsafeBufferPointer { masks in
            kernels.pointee.scan(
                codes, groups.lowerBound, groups.upperBound,
                masks.isEmpty ? nil : masks.baseAddress.map { $0 + groups.lowerBound },
                buffer.kernelQueries, buffer.queries.count, buffer.hits, buffer.counts)
        }
        buffer.found(in: rows, rowsPerQuery: groups.count * QuantizedRows.group)
    }

    /// The product of a query, in float32, with both levels of a row, and what it may be off by.
    ///
    /// Cost: under 1 µs for 384 numbers.
    public func refine(_ query: Int, of queries: QuantizedQueries, with rows: QuantizedRows, row: Int) -> ScoreBounds {
        precondition(rows.dimensions == queries.dimensions && (0..<rows.capacity).contains(row), "row \(row)")
        precondition((0..<queries.count).contains(query), "query \(query) of \(queries.count)")
        let score = kernels.pointee.refine(
            queries.vector(query), rows.width / 4,
            UnsafeRawPointer(rows.words(of: row)).assumingMemoryBound(to: UInt8.self),
            rows.fine(of: row), rows.factors(0)[row], rows.factors(2)[row])
        // A sum of n products in float32 is off by at most n · 2⁻²⁴ times the product of the lengths, which is under 1.5; the
        // kernels with the shortest vectors add D / 4 products one after another, then 4 sums and two levels.
        let rounding = Double(rows.width / 4 + 16) * 1.5 * 0x1p-23
        return ScoreBounds(
            around: Double(score), margin: QuantizedQueries.longest * Double(rows.fineSlack(of: row)) + rounding)
    }
}

/// Where the exact product of two vectors certainly lies.
public struct ScoreBounds: Sendable {
    /// The least and the most that it may be.
    public var lower: Double, upper: Double

    /// Everything within `margin` of a value.
    public init(around value: Double, margin: Double) { (lower, upper) = (value - margin, value + margin) }
}
