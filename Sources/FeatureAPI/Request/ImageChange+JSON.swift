import FeatureStorage

/// What `PATCH /v1/images/{id}` was asked: a merge patch (RFC 7396) of key, label and metadata.
struct ImagePatch: Sendable {
    private var key = ImageChange.Value.keep
    private var label = ImageChange.Value.keep
    private var metadata: JSONValue?

    /// The patch in a JSON text.
    init(json text: [UInt8]) throws(FeatureAPIError) {
        for (name, value) in try JSONParser.object(text) {
            switch name {
            case "key": key = value == .null ? .remove : .set(try StoredText.key(Option.text(value, name)))
            case "label": label = value == .null ? .remove : .set(try StoredText.label(Option.text(value, name)))
            case "metadata":
                guard value == .null || value.isObject else {
                    throw FeatureAPIError(
                        .invalidMetadata, "The patch of \"metadata\" is an object or null, not \(value.kind).")
                }
                metadata = value
            default:
                throw FeatureAPIError(
                    .unknownOption, "\"\(name)\" cannot be changed; key, label and metadata can.")
            }
        }
    }

    /// The change that it is to an image as it is now: metadata are merged into those that are there.
    func change(of image: StoredImage) throws(FeatureAPIError) -> ImageChange {
        ImageChange(key: key, label: label, metadata: try metadata(of: image))
    }

    private func metadata(of image: StoredImage) throws(FeatureAPIError) -> ImageChange.Value {
        guard let metadata else { return .keep }
        guard metadata.isObject else { return .remove }
        let present = try image.metadata.map { text throws(FeatureAPIError) in try JSONParser.parse(Array(text.utf8)) }
        return .set(try StoredText.metadata((present ?? .null).merging(metadata)))
    }
}

extension JSONValue {
    fileprivate var isObject: Bool { if case .object = self { true } else { false } }
}
