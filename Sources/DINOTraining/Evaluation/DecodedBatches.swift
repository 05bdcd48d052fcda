import ImageFiles

/// Photographs decoded ahead on threads of their own, a batch at a time.
struct DecodedBatches {
    /// Photographs that go through a network at once.
    static let size = 64

    let photographs: [Photograph]
    /// The folder they lie in, for errors.
    let folder: String
    /// What was left out before.
    let unreadable: [FeatureSet.Skipped]
    /// Threads that decode.
    let threads: Int

    /// Calls `body` with the photographs that `decode` could decode, in order; what it could not is returned.
    ///
    /// - Parameters:
    ///   - decode: called with a place in `photographs`, on several threads at once.
    ///   - body: called with the decoded of a batch and their places; never with none.
    ///   - progress: called with the photographs done and their number.
    /// - Throws: `EvaluationError.allUnreadable` where nothing could be decoded, what `body` throws.
    func forEach<Decoded: Sendable>(
        _ decode: @escaping @Sendable (_ index: Int) throws -> Decoded,
        progress: (_ done: Int, _ total: Int) -> Void,
        _ body: (_ decoded: [Decoded], _ indices: [Int]) throws -> Void
    ) throws -> [FeatureSet.Skipped] {
        let decoding = OrderedWork(
            photographs.indices, threads: threads, ahead: 4 * Self.size, name: "decoding"
        ) { index in
            Result { try decode(index) }
        }
        defer { decoding.stop() }
        var decoded: [Decoded] = [], indices: [Int] = [], skipped = unreadable
        for index in photographs.indices {
            switch decoding.next() {
            case .success(let photograph):
                decoded.append(photograph)
                indices.append(index)
            case .failure(let error): skipped.append(.init(name: photographs[index].name, reason: "\(error)"))
            case nil: break
            }
            guard decoded.count == Self.size || index + 1 == photographs.count else { continue }
            if !decoded.isEmpty { try body(decoded, indices) }
            decoded.removeAll(keepingCapacity: true)
            indices.removeAll(keepingCapacity: true)
            progress(index + 1, photographs.count)
        }
        if skipped.count == unreadable.count + photographs.count, let last = skipped.last {
            throw EvaluationError.allUnreadable(
                folder: folder, count: photographs.count, name: last.name, reason: last.reason)
        }
        return skipped
    }
}
