import FeatureSearch

extension CollectionMap {
    /// Writes the map, its images by columns.
    func write(to writer: inout JSONWriter) {
        writer.reserve(1024 + layout.ids.count * Self.bytesPerImage)
        writer.object { writer in
            writer.member("object", "map")
            writer.member("method", method.rawValue)
            writer.member("generation", Int(generation.id))
            writer.member("fingerprint", generation.model.fingerprint)
            writer.member("images", images)
            writer.key("sampled")
            writer.bool(isSampled)
            writer.member("missing", missing)
            if let explained {
                writer.key("explained_variance")
                writer.numbers([Float(explained.x), Float(explained.y)])
            }
            writer.key("ids")
            writer.array { writer in for id in layout.ids { writer.integer(Int(id)) } }
            writer.key("x")
            writer.numbers(layout.points.lazy.map { Self.rounded($0.x) })
            writer.key("y")
            writer.numbers(layout.points.lazy.map { Self.rounded($0.y) })
            writer.key("labels")
            writer.array { writer in for label in labels { writer.string(label) } }
            writer.key("label")
            writer.array { writer in
                for place in places { if let place { writer.integer(place) } else { writer.null() } }
            }
        }
    }

    /// Bytes of an image on the map in JSON.
    static let bytesPerImage = 36

    /// A coordinate to five decimals: a tenth of a pixel on a map 20,000 wide.
    private static func rounded(_ coordinate: Float) -> Float { (coordinate * 1e5).rounded() / 1e5 + 0 }
}
