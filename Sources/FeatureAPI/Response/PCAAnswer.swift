import DINO
import HTTPServer
import Images
import Tensors

/// The answer of `POST /v1/pca`, before it is written in one of its forms.
struct PCAAnswer: Sendable {
    private let model: ModelDescription
    private let size: Int
    private let encoding: ValueEncoding
    private let basis: PatchBasis
    /// The directions' shares of the variance, where the basis is new.
    private let explained: [Double]?
    /// By the request's order.
    private let pictures: [PatchBasis.Picture]

    /// The images in the basis that the options have, or in a new one of their own. Blocking.
    init(_ images: [GridFeatures], options: PCAOptions, model: ModelDescription, size: Int) throws(FeatureAPIError) {
        (self.model, self.size, encoding) = (model, size, options.encodingFormat)
        if let given = options.basis {
            (basis, explained) = (given.basis, nil)
        } else {
            do throws(PatchBasisError) {
                let fit = try PatchBasis.fit(images, options.request)
                (basis, explained) = (fit.basis, fit.explained)
            } catch {
                throw FeatureAPIError(error, foreground: options.request.foreground)
            }
        }
        pictures = images.map { [basis] in basis.picture(of: $0) }
    }

    func response(
        _ form: VisualForm, timing: EmbeddedImage.Timing, since start: ContinuousClock.Instant
    ) throws(FeatureAPIError) -> ServerResponse {
        let fields = model.fields(form)
        switch form {
        case .json:
            return ServerResponse(headerFields: fields, body: .bytes(try json(timing, since: start)))
        case .npy:
            let array = Tensor(
                shape: [pictures.count, side, side, basis.count], scalars: pictures.flatMap(\.values.scalars))
            return .npy(array, fields)
        case .png:
            return ServerResponse(headerFields: fields, body: .bytes(try png(pictures[0])))
        }
    }

    /// Patches on a side.
    private var side: Int { size / model.patchSize }

    /// The colours at the size that the model sees, a square of pixels for each patch.
    private func png(_ picture: PatchBasis.Picture) throws(FeatureAPIError) -> [UInt8] {
        try picture.colors.magnified(model.patchSize).answeredPNG()
    }

    private func json(
        _ timing: EmbeddedImage.Timing, since start: ContinuousClock.Instant
    ) throws(FeatureAPIError) -> [UInt8] {
        var files = [[UInt8]]()
        if encoding == .png { for picture in pictures { files.append(try png(picture)) } }
        var writer = JSONWriter()
        writer.reserve(1024 + 14 * pictures.reduce(0) { $0 + $1.values.count } + 6 * basis.components.count)
        writer.object { writer in
            writer.member("object", "list")
            writer.member("model", model.name)
            writer.member("fingerprint", model.fingerprint)
            writer.member("size", size)
            writer.key("grid")
            writer.members([("height", side), ("width", side)])
            writer.member("components", basis.count)
            if let explained {
                writer.key("explained_variance")
                writer.numbers(explained.map { Float($0) })
            }
            writer.key("data")
            writer.array { writer in
                for (index, picture) in pictures.enumerated() {
                    item(index, picture, file: files.isEmpty ? [] : files[index], to: &writer)
                }
            }
            writer.key("basis")
            NamedBasis(fingerprint: model.fingerprint, basis: basis).write(to: &writer)
            writer.key("timing")
            writer.timing(timing, total: (ContinuousClock.now - start).seconds)
        }
        return writer.bytes
    }

    private func item(_ index: Int, _ picture: PatchBasis.Picture, file: [UInt8], to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("index", index)
            switch encoding {
            case .float:
                writer.key("values")
                let width = basis.count
                writer.array { writer in
                    for patch in 0..<picture.values.shape[0] {
                        writer.numbers(picture.values.scalars[patch * width..<(patch + 1) * width])
                    }
                }
            case .base64:
                writer.key("values")
                writer.base64(picture.values.scalars)
            case .png:
                writer.key("png")
                writer.base64(bytes: file)
            }
            guard basis.foreground != nil else { return }
            writer.key("foreground")
            writer.array { writer in for isForeground in picture.isForeground { writer.integer(isForeground ? 1 : 0) } }
        }
    }
}

extension RGBImage {
    /// The picture as a PNG for an answer; its sides are bounded, so only memory can be what is missing.
    func answeredPNG() throws(FeatureAPIError) -> [UInt8] {
        do throws(ImageEncodingError) {
            return try png()
        } catch {
            throw FeatureAPIError(.requestTooLarge, error.description)
        }
    }
}

extension FeatureAPIError {
    /// The client's view of patches that have no basis.
    init(_ error: PatchBasisError, foreground: Bool) {
        switch error {
        case .tooFew:
            let which = foreground ? "Of the foreground, " : ""
            self.init(.invalidOption, "\(which)\(error.description).")
        case .eigenvectors: self.init(.nonFiniteFeatures, "The patches have no principal components: \(error).")
        }
    }
}
