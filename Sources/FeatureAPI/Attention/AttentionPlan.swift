import DINO

/// A request for attention that suits the model: what is to be computed, and what the answer shows.
struct AttentionPlan: Sendable {
    let form: AttentionForm
    let method: ObjectMethod
    /// Side of the model's input in pixels, and patches on it.
    let size: Int, gridSide: Int
    /// What the answer shows, in order.
    let maps: [ObjectMap]
    /// The share of the attention that a mask holds.
    let threshold: Float
    let upsampling: Upsampling
    let runLengths: RunLengthForm
    let excludesArtefacts: Bool
    /// What the model is asked for.
    let kinds: Set<FeatureKind>

    /// The plan for `options`.
    ///
    /// - Throws: ``FeatureAPIError`` for options that the model, the method or the answer's form has no use for.
    init(_ options: AttentionOptions, model: ModelDescription, accept: String?) throws(FeatureAPIError) {
        form = if let form = options.form { form } else { try AttentionForm.choose(accept) }
        method = options.method
        size = try model.inputSize(options.size)
        gridSide = size / model.patchSize
        threshold = options.threshold ?? 0.6
        upsampling = options.upsampling ?? (method == .ncut || form == .overlay ? .smooth : .nearest)
        (runLengths, excludesArtefacts) = (options.runLengths, options.excludesArtefacts)
        // Where a family is known for artefacts they are told; elsewhere looking for them would only cost time.
        let looks = excludesArtefacts || model.family == Architecture.Family.dinov2.rawValue && model.numRegisters == 0
        kinds = Set([.clsAttention] + (looks ? [.patchNorms] : []) + (method == .ncut ? [.patches] : []))
        switch method {
        case .attention: maps = try Self.maps(options.heads, form: form, heads: model.numHeads)
        case .ncut:
            maps = [.cut]
            guard options.heads == nil, options.threshold == nil else {
                throw FeatureAPIError(
                    .invalidOption, "The options \"heads\" and \"threshold\" belong to method=attention, not to ncut.")
            }
            guard gridSide * gridSide <= NormalizedCut.maximumPatches else {
                throw FeatureAPIError(
                    .invalidOption,
                    "The method ncut takes \(NormalizedCut.maximumPatches) patches, a \"size\" of \(size) has "
                        + "\(gridSide * gridSide): ask for a smaller one.")
            }
        }
    }

    private static func maps(
        _ heads: [AttentionOptions.Heads]?, form: AttentionForm, heads count: Int
    ) throws(FeatureAPIError) -> [ObjectMap] {
        let byDefault: [AttentionOptions.Heads] =
            switch form {
            case .json: [.all, .one(.mean), .one(.max)]
            case .npy: [.all]
            case .mask, .overlay: [.one(.mean)]
            }
        var maps = [ObjectMap]()
        for head in heads ?? byDefault {
            switch head {
            case .all: maps += (0..<count).map { .attention(.head($0)) }
            case .one(let selection):
                if case .head(let number) = selection, number >= count {
                    throw FeatureAPIError(
                        .invalidOption, "There is no head \(number); this model has heads 0 to \(count - 1).")
                }
                if !maps.contains(.attention(selection)) { maps.append(.attention(selection)) }
            }
        }
        guard !form.isPicture || maps.count == 1 else {
            throw FeatureAPIError(.invalidOption, "A picture shows one of the \"heads\": mean, max or a number.")
        }
        return maps
    }

    /// Everything that decides the answer about an image besides the model, in visible ASCII.
    var identity: String {
        let shown = maps.map { map in
            switch map {
            case .attention(.head(let head)): "\(head)"
            case .attention(.mean): "mean"
            case .attention(.max): "max"
            case .cut: "ncut"
            }
        }
        return [
            "\(Self.version)", form.rawValue, "\(size)", shown.joined(separator: "."), "\(threshold)",
            upsampling.rawValue,
            runLengths.rawValue, excludesArtefacts ? "clean" : "all",
        ].joined(separator: "-")
    }

    /// The version of what is made of a model's outputs: another mask, cut or colour for the same options is another version, for
    /// clients keep answers by ``identity``.
    private static let version = 1

    /// Bytes that the model's input, its outputs and what is made of them take, but for the image's pixels.
    var inputBytes: Int {
        let patches = gridSide * gridSide
        // A cut's graph has two bytes an edge and 300 vectors; refining takes 60 bytes a pixel.
        let cut = method == .ncut ? patches * (2 * patches + 300 * 8) + 60 * size * size : 0
        return 12 * size * size + cut + (4 * kinds.count + 64 * maps.count) * patches
    }

    /// Bytes that an answer about an image of `width` × `height` takes, with what it is made of.
    func answerBytes(width: Int, height: Int) -> Int {
        let pixels = width * height, patches = gridSide * gridSide
        switch form {
        case .json:
            let masks = upsampling == .smooth ? 16 * pixels : 0
            return masks + maps.count * (64 * (width + height) + 96 * patches)
        case .npy: return 4 * maps.count * patches
        case .mask: return 4 * pixels
        case .overlay: return 9 * pixels
        }
    }
}
