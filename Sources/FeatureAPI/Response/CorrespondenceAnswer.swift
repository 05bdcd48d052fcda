import DINO
import HTTPServer
import Images
import Tensors

/// The answer of `POST /v1/correspondences`, before it is written in one of its forms.
struct CorrespondenceAnswer: Sendable {
    let model: ModelDescription
    let size: Int
    let encoding: ValueEncoding
    let pair: ImagePair
    /// The best matches, and how many there were.
    let matches: [PatchMatch], matchCount: Int
    let maps: [ImagePair.Map]
    /// Both images as they are shown, where a picture is asked for.
    let shown: [RGBImage]

    func response(
        _ form: VisualForm, timing: EmbeddedImage.Timing, since start: ContinuousClock.Instant
    ) throws(FeatureAPIError) -> ServerResponse {
        let fields = model.fields(form)
        switch form {
        case .json:
            return ServerResponse(headerFields: fields, body: .bytes(try json(timing, since: start)))
        case .npy:
            let (height, width) = (pair.first.features.height, pair.first.features.width)
            let array = Tensor(shape: [maps.count, 2, height, width], scalars: maps.flatMap { $0.first + $0.second })
            return .npy(array, fields)
        case .png:
            var picture = PairPicture(shown[0], shown[1], of: pair, model: model, size: size)
            if maps.isEmpty { picture.draw(matches) } else { picture.draw(maps) }
            return ServerResponse(headerFields: fields, body: .bytes(try picture.image.answeredPNG()))
        }
    }

    private func json(
        _ timing: EmbeddedImage.Timing, since start: ContinuousClock.Instant
    ) throws(FeatureAPIError) -> [UInt8] {
        var files = [[[UInt8]]]()
        if encoding == .png {
            for map in maps { files.append([try png(map.first, pair.first), try png(map.second, pair.second)]) }
        }
        var writer = JSONWriter()
        writer.reserve(1024 + 160 * matches.count + 28 * maps.reduce(0) { $0 + $1.first.count })
        writer.object { writer in
            writer.member("object", "correspondences")
            writer.member("model", model.name)
            writer.member("fingerprint", model.fingerprint)
            writer.member("size", size)
            writer.key("grid")
            writer.members([("height", pair.first.features.height), ("width", pair.first.features.width)])
            writer.key("images")
            writer.array { writer in
                for side in [pair.first, pair.second] {
                    writer.members([("width", side.width), ("height", side.height)])
                }
            }
            writer.member("mutual", matchCount)
            writer.key("matches")
            writer.array { writer in for match in matches { write(match, to: &writer) } }
            writer.key("maps")
            writer.array { writer in
                for (index, map) in maps.enumerated() {
                    write(map, files: files.isEmpty ? [] : files[index], to: &writer)
                }
            }
            writer.key("timing")
            writer.timing(timing, total: (ContinuousClock.now - start).seconds)
        }
        return writer.bytes
    }

    private func write(_ match: PatchMatch, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("score")
            writer.number(match.score)
            writer.key("first")
            write(match.first, of: pair.first, to: &writer)
            writer.key("second")
            write(match.second, of: pair.second, to: &writer)
        }
    }

    /// Writes a patch: where it is in its grid, and its middle in the image.
    private func write(_ place: Int, of side: ImagePair.Side, score: Float? = nil, to writer: inout JSONWriter) {
        let center = side.places.center(of: place)
        writer.object { writer in
            writer.member("row", place / side.features.width)
            writer.member("column", place % side.features.width)
            for (name, pixel) in [("x", center.x), ("y", center.y)] {
                writer.key(name)
                writer.number(pixel)
            }
            guard let score else { return }
            writer.key("score")
            writer.number(score)
        }
    }

    private func write(_ map: ImagePair.Map, files: [[UInt8]], to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("region")
            writer.array { writer in for place in map.region { writer.integer(place) } }
            writer.key("best")
            write(map.best.place, of: pair.second, score: map.best.score, to: &writer)
            for (index, (name, values)) in [("first", map.first), ("second", map.second)].enumerated() {
                writer.key(name)
                switch encoding {
                case .float: writer.numbers(values)
                case .base64: writer.base64(values)
                case .png: writer.base64(bytes: files[index])
                }
            }
        }
    }

    /// The colours of a map, from a cosine of 0 to 1, at the size that the model sees.
    private func png(_ values: [Float], _ side: ImagePair.Side) throws(FeatureAPIError) -> [UInt8] {
        let pixels = values.flatMap { value in
            let color = ColorRamp.color(value)
            return [color.red, color.green, color.blue]
        }
        return try RGBImage(width: side.features.width, height: side.features.height, pixels: pixels)
            .magnified(model.patchSize).answeredPNG()
    }
}
