import FeatureStorage

/// What answers of `POST /v1/search` and `POST /v1/classify` have in common: whose features were compared, how, how long.
struct NeighborAnswer: Sendable {
    let generation: Generation
    let neighbors: Neighbors
    let embedding: EmbeddedImage.Timing
    /// Whether the answer is a list of results.
    let isBatch: Bool
    let k: Int
    /// From the end of the body to here, in seconds.
    let seconds: Double
    /// Images that were compared by patches, where that was asked for: then others are no hits, whatever they show.
    var shortlist: Int?

    /// The answer; `result` writes the members of one query's result.
    func json(_ result: (_ query: Int, _ writer: inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("model", generation.model.name)
            writer.member("fingerprint", generation.model.fingerprint)
            writer.member("generation", Int(generation.id))
            writer.key("exact")
            writer.bool(shortlist == nil)
            if let shortlist { writer.member("shortlist", shortlist) }
            writer.member("k", k)
            if isBatch {
                writer.key("results")
                writer.array { writer in
                    for query in neighbors.lists.indices {
                        writer.object { writer in
                            writer.member("index", query)
                            result(query, &writer)
                        }
                    }
                }
            } else if !neighbors.lists.isEmpty {
                result(0, &writer)
            }
            writer.member("searched", neighbors.searched)
            writer.member("candidates", neighbors.candidates)
            writer.member("reranked", neighbors.reranked)
            writer.key("notes")
            writer.array { for note in neighbors.notes { $0.string(note) } }
            writer.key("timing")
            timing(to: &writer)
        }
        return writer.bytes
    }

    private func timing(to writer: inout JSONWriter) {
        writer.object { writer in
            for (name, value) in [
                ("decode_ms", embedding.decode), ("queue_ms", embedding.queue), ("inference_ms", embedding.inference),
                ("search_ms", neighbors.seconds), ("total_ms", seconds),
            ] {
                writer.key(name)
                writer.number(value * 1000)
            }
        }
    }
}

extension Neighbors.Neighbor {
    /// Writes the members that every hit has, and those asked for.
    func members(_ include: Set<HitMember>, to writer: inout JSONWriter) {
        writer.member("id", Int(image.id))
        writer.member("key", optional: image.key)
        writer.key("score")
        writer.number(score)
        writer.member("label", optional: image.label)
        writer.member("name", optional: image.name)
        if include.contains(.metadata) {
            writer.key("metadata")
            image.metadata(to: &writer)
        }
        if include.contains(.file) { image.file(to: &writer) }
        if include.contains(.times) { image.times(to: &writer) }
    }
}
