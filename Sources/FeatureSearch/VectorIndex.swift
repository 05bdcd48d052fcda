import Synchronization
public import Tensors

/// The vectors of a collection in memory, searched exactly by cosine.
///
/// ```swift
/// let index = VectorIndex(dimensions: 384, compute: compute)
/// try index.insert(id: 1, label: 0, vector: feature)
/// let answer = try index.search([query], k: 10, minimumScore: nil, filter: RowFilter(), source: store)
/// ```
///
/// A search sees the vectors of the moment it began. It holds nobody up: a writer waits for other writers only, never for a
/// scan. Memory: 2 · D + 30 bytes a vector (D rounded up to a multiple of 16).
public final class VectorIndex: Sendable {
    /// D, the numbers of a vector.
    public let dimensions: Int
    let compute: Compute
    /// See ``FirstLook/mostCandidates``.
    let mostCandidates: Int
    private let segmentRows: Int
    private let state: Mutex<State>

    private struct State {
        var segments: [Segment] = []
        var count = 0
        var version = IndexVersion()
    }

    /// An empty index.
    ///
    /// - Parameters:
    ///   - dimensions: from 1 to `QuantizedRows.maximumDimensions`.
    ///   - capacity: the number of vectors expected; a hint.
    public convenience init(dimensions: Int, compute: Compute, capacity: Int = 0) {
        self.init(dimensions: dimensions, compute: compute, capacity: capacity, segmentRows: 1 << 14)
    }

    package init(
        dimensions: Int, compute: Compute, capacity: Int = 0, segmentRows: Int, mostCandidates: Int? = nil
    ) {
        precondition((1...Segment.maximumRows).contains(segmentRows), "segments of \(segmentRows) rows")
        (self.dimensions, self.compute, self.segmentRows) = (dimensions, compute, segmentRows)
        self.mostCandidates = mostCandidates ?? FirstLook.mostCandidates
        var state = State()
        state.segments.reserveCapacity(max(0, capacity) / segmentRows + 1)
        self.state = Mutex(state)
    }

    /// The number of vectors.
    public var count: Int { state.withLock { $0.count } }

    /// Bytes of memory that the vectors and their ids and labels take.
    public var residentBytes: Int { state.withLock { $0.segments.reduce(0) { $0 + $1.residentBytes } } }

    /// What a search that begins now sees.
    var snapshot: [Segment] { state.withLock { $0.segments } }

    /// The state that the index is in.
    public var version: IndexVersion { state.withLock { $0.version } }

    /// The ids and labels of this moment, without the vectors. Cost: some milliseconds for 100,000.
    public var contents: IndexContents {
        let (segments, version) = state.withLock { ($0.segments, $0.version) }
        return IndexContents(segments, version)
    }

    /// The label of an id, 0 for none; `nil` where the id is not there.
    public func label(of id: Int64) -> Int32? {
        state.withLock { state in Self.find(id, in: state.segments).map { state.segments[$0.segment].labels[$0.row] } }
    }
}

extension VectorIndex {
    /// Adds a vector of length 1 (to within 1e-3), which the next search sees; one of the same id goes.
    ///
    /// Cost: 1 to 2 µs for 384 numbers; while a search runs, up to 30 µs.
    public func insert(id: Int64, label: Int32, vector: [Float]) throws(SearchError) {
        try insert(id: id, label: label, vector: vector.span)
    }

    /// Adds a vector of length 1 (to within 1e-3), as the other form does.
    public func insert(id: Int64, label: Int32, vector: Span<Float>) throws(SearchError) {
        try check(vector)
        state.withLock { state in
            Self.remove(id, from: &state, segmentRows)
            if state.segments.last?.isFull ?? true {
                state.segments.append(Segment(dimensions: dimensions, capacity: segmentRows))
            }
            let last = state.segments.count - 1
            compute.quantize(vector, into: state.segments[last].rows, at: state.segments[last].count)
            state.segments[last].append(id: id, label: label)
            state.count += 1
            state.version.vectors += 1
        }
    }

    /// Removes the vector of an id; false where there is none.
    ///
    /// Cost: some 10 µs; a few milliseconds once in some thousand times, when the room of those removed is given back.
    @discardableResult public func remove(_ id: Int64) -> Bool {
        state.withLock { state in Self.remove(id, from: &state, segmentRows) }
    }

    /// Gives the vector of an id another label, 0 for none. An id that is not there is passed over.
    public func setLabel(_ label: Int32, of id: Int64) {
        state.withLock { state in
            guard let place = Self.find(id, in: state.segments),
                state.segments[place.segment].labels[place.row] != label
            else { return }
            state.segments[place.segment].setLabel(label, of: place.row)
            state.version.labels += 1
        }
    }

    private func check(_ vector: Span<Float>) throws(SearchError) {
        guard vector.count == dimensions else { throw .length(count: vector.count, dimensions: dimensions) }
        var squares: (Float, Float, Float, Float) = (0, 0, 0, 0), index = 0
        while index + 4 <= vector.count {
            squares.0 += vector[index] * vector[index]
            squares.1 += vector[index + 1] * vector[index + 1]
            squares.2 += vector[index + 2] * vector[index + 2]
            squares.3 += vector[index + 3] * vector[index + 3]
            index += 4
        }
        while index < vector.count {
            squares.0 += vector[index] * vector[index]
            index += 1
        }
        let length = Double(squares.0 + squares.1 + squares.2 + squares.3).squareRoot()
        if abs(length - 1) <= Self.lengthTolerance { return }
        for index in vector.indices where !vector[index].isFinite { throw .notFinite }
        throw .notUnit(length: length)
    }

    /// A vector that is off by this much from length 1 in float32 is off by less than 1e-3, which the bounds allow for. What
    /// stores vectors has to be stricter.
    private static var lengthTolerance: Double { 0.9e-3 }
}

extension VectorIndex {
    private static func find(_ id: Int64, in segments: [Segment]) -> (segment: Int, row: Int)? {
        for index in segments.indices.reversed() {
            if let row = segments[index].row(of: id) { return (index, row) }
        }
        return nil
    }

    @discardableResult
    private static func remove(_ id: Int64, from state: inout State, _ segmentRows: Int) -> Bool {
        guard let place = find(id, in: state.segments) else { return false }
        state.segments[place.segment].kill(place.row)
        state.count -= 1
        state.version.vectors += 1
        if state.segments[place.segment].wantsCompaction { compact(place.segment, of: &state, segmentRows) }
        return true
    }

    /// Copies what lives of a segment, and of those after it that fit in as well, to a new one.
    ///
    /// The old codes stay where they are for whoever searches them, and go with the last search.
    private static func compact(_ first: Int, of state: inout State, _ segmentRows: Int) {
        var last = first, living = 0
        while last < state.segments.count {
            let more = state.segments[last].count - state.segments[last].dead
            guard last == first || living + more <= segmentRows else { break }
            living += more
            last += 1
        }
        guard living > 0, let rows = state.segments.first?.rows else {
            state.segments.removeSubrange(first..<last)
            return
        }
        // The last segment is the one that grows.
        let isLast = last == state.segments.count
        var merged = Segment(dimensions: rows.dimensions, capacity: isLast ? segmentRows : living)
        for segment in state.segments[first..<last] {
            for row in 0..<segment.count where segment.isAlive(row) {
                merged.rows.copy(row: row, of: segment.rows, to: merged.count)
                merged.append(id: segment.ids[row], label: segment.labels[row])
            }
        }
        state.segments.replaceSubrange(first..<last, with: CollectionOfOne(merged))
    }
}
