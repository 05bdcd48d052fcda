import Tensors

extension EmbeddingAnswer {
    /// The answer in OpenAI's shape, with more members.
    func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.reserve(textSize)
        writer.object { writer in
            writer.member("object", "list")
            writer.member("model", model.name)
            writer.member("fingerprint", model.fingerprint)
            writer.key("size")
            writer.integer(size)
            writer.key("grid")
            writer.members([("height", gridSide), ("width", gridSide)])
            writer.key("dimensions")
            writer.integer(dimensions)
            writer.key("data")
            writer.array { for index in images.indices { item(index, to: &$0) } }
            writer.key("usage")
            writer.members([("prompt_tokens", tokens), ("total_tokens", tokens)])
            writer.key("timing")
            writer.timing(timing, total: seconds)
        }
        return writer.bytes
    }

    /// The items of the answer, one a line.
    func lines() -> [UInt8] {
        var writer = JSONWriter()
        writer.reserve(textSize)
        for index in images.indices {
            item(index, to: &writer)
            writer.newline()
        }
        return writer.bytes
    }

    /// About how many bytes the text takes, so that it grows once.
    private var textSize: Int {
        let values = images.reduce(0) { sum, image in
            guard case .success(let image) = image else { return sum }
            return sum + image.features.values.reduce(0) { $0 + $1.count }
        }
        return 1024 + images.count * 256 + values * (options.encodingFormat == .base64 ? 6 : 14)
    }

    private var tokens: Int {
        let perImage = 1 + model.numRegisters + gridSide * gridSide
        return perImage * images.count { if case .success = $0 { true } else { false } }
    }

    private func item(_ index: Int, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("object", "embedding")
            writer.key("index")
            writer.integer(index)
            switch images[index] {
            case .success(let image): features(of: image, to: &writer)
            case .failure(let error):
                writer.key("embedding")
                writer.null()
                writer.key("error")
                writer.problem(error.at(index), requestID: requestID)
            }
        }
    }

    private func features(of image: EmbeddedImage, to writer: inout JSONWriter) {
        writer.key("embedding")
        if let cls = image.features[.cls] { vector(cls, to: &writer) } else { writer.null() }
        for kind in [FeatureKind.patches, .registers] {
            guard let matrix = image.features[kind] else { continue }
            writer.key(kind.rawValue)
            self.matrix(matrix, to: &writer)
        }
    }

    private func vector(_ tensor: Tensor, to writer: inout JSONWriter) {
        switch options.encodingFormat {
        case .float: writer.numbers(tensor.scalars)
        case .base64: writer.base64(tensor.scalars)
        }
    }

    private func matrix(_ tensor: Tensor, to writer: inout JSONWriter) {
        guard options.encodingFormat == .float else { return writer.base64(tensor.scalars) }
        let width = tensor.shape[1]
        writer.array { writer in
            for row in 0..<tensor.shape[0] { writer.numbers(tensor.scalars[row * width..<(row + 1) * width]) }
        }
    }

    /// Where the time went, of several images the longest.
    var timing: EmbeddedImage.Timing {
        images.reduce(EmbeddedImage.Timing()) { longest, image in
            guard case .success(let image) = image else { return longest }
            return longest.longest(image.timing)
        }
    }
}

extension JSONWriter {
    /// Where the time went, in milliseconds; `seconds` from the end of the body to here.
    mutating func timing(_ timing: EmbeddedImage.Timing, total seconds: Double) {
        object { writer in
            for (name, value) in [
                ("decode_ms", timing.decode), ("queue_ms", timing.queue), ("inference_ms", timing.inference),
                ("total_ms", seconds),
            ] {
                writer.key(name)
                writer.number(value * 1000)
            }
        }
    }

    /// An object of integers.
    mutating func members(_ members: [(String, Int)]) {
        object { writer in
            for (name, value) in members { writer.member(name, value) }
        }
    }
}
