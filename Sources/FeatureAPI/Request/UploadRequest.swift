import FeatureStorage

/// What an upload may say about its images, for all of them.
package struct UploadOptions: RequestOptions {
    package static let names = ["label", "metadata", "name"]
    package static let jsonNames: Set = ["metadata"]
    package static let wholeNumberNames: Set<String> = []

    var label: String?
    var metadata: String?
    var name: String?

    package init() {}

    package mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError) {
        switch name {
        case "label": label = try StoredText.label(Option.text(value, name))
        case "metadata": metadata = try StoredText.metadata(value)
        default: self.name = try StoredText.name(Option.text(value, name))
        }
    }
}

/// What `POST /v1/images` was asked to store, in order.
struct UploadRequest: Sendable {
    var uploads: [Upload]
    /// Whether the answer is one image, not a list: where the body is one.
    var isSingle = false

    /// The request in a body of any form.
    init(
        _ submission: Submission, options: OptionReader<UploadOptions>, limits: RequestLimits
    ) throws(FeatureAPIError) {
        switch submission {
        case .image(let image): self.init(uploads: [Upload(image: image, options.options)], isSingle: true)
        case .form(let parts): try self.init(parts: parts, options: options)
        case .json(let text): try self.init(json: text, options: options, limits: limits)
        }
    }

    private init(uploads: [Upload], isSingle: Bool = false) { (self.uploads, self.isSingle) = (uploads, isSingle) }

    /// The files of a form, under the names that they have there.
    private init(parts: [MultipartPart], options reader: OptionReader<UploadOptions>) throws(FeatureAPIError) {
        var reader = reader
        reader.beginBody()
        try reader.set(fields: parts)
        let uploads = parts.filter(\.isFile).map { part in
            Upload(image: SubmittedImage(file: part), reader.options) { upload throws(FeatureAPIError) in
                if let filename = part.filename { upload.name = try StoredText.name(filename) }
            }
        }
        guard !uploads.isEmpty else { throw EmbeddingRequest.noImageInForm }
        self.init(uploads: uploads)
    }

    /// `{"images": [{"image": …, "key": …, "name": …, "label": …, "metadata": {…}}], "label": …, "metadata": {…}}`
    private init(
        json text: [UInt8], options reader: OptionReader<UploadOptions>, limits: RequestLimits
    ) throws(FeatureAPIError) {
        var reader = reader
        reader.beginBody()
        var images: [JSONValue]?
        for (name, value) in try JSONParser.object(text) {
            guard name == "images" else {
                try reader.set(name, to: value)
                continue
            }
            guard case .array(let elements) = value else {
                throw FeatureAPIError(.malformedBody, "\"images\" takes an array, not \(value.kind).")
            }
            images = elements
        }
        guard let images, !images.isEmpty else {
            throw FeatureAPIError(
                .malformedBody, "There is no image; send {\"images\": [{\"image\": \"base64 or data-URI\"}]}.")
        }
        try limits.check(imageCount: images.count)
        var uploads = [Upload]()
        for (index, image) in images.enumerated() {
            do throws(FeatureAPIError) {
                uploads.append(try Upload(json: image, reader.options, limits: limits))
            } catch {
                throw error.at(index)
            }
        }
        self.init(uploads: uploads)
    }
}

extension Upload {
    /// `image` with what the request says about all of its images.
    fileprivate init(image: SubmittedImage, _ options: UploadOptions) {
        self.init(image: image, name: options.name, label: options.label, metadata: options.metadata)
    }

    /// The same with what it says about this one; if that is refused, it is the image's own fault.
    fileprivate init(
        image: SubmittedImage, _ options: UploadOptions, own: (inout Upload) throws(FeatureAPIError) -> Void
    ) {
        self.init(image: image, options)
        do throws(FeatureAPIError) { try own(&self) } catch { self.image = SubmittedImage(fault: error) }
    }

    /// An image in JSON. Members that are unknown or of another kind are thrown; values that are refused are its own fault.
    fileprivate init(
        json value: JSONValue, _ options: UploadOptions, limits: RequestLimits
    ) throws(FeatureAPIError) {
        guard case .object(let members) = value,
            case .string(let text)? = members.first(where: { $0.name == "image" })?.value
        else {
            throw FeatureAPIError(
                .malformedBody,
                "Each of \"images\" is {\"image\": \"base64 or data-URI\"}, with key, label, metadata and name if wanted."
            )
        }
        for (name, value) in members where name != "image" {
            guard ["key", "label", "metadata", "name"].contains(name) else {
                throw FeatureAPIError(
                    .unknownOption, "An image has no member \"\(name)\"; it has image, key, label, metadata and name.")
            }
            if name != "metadata" { _ = try Option.text(value, name) }
        }
        self.init(image: SubmittedImage(orFaultOf: text, limits: limits), options) { upload throws(FeatureAPIError) in
            for (name, value) in members {
                switch name {
                case "key": upload.key = try StoredText.key(Option.text(value, name))
                case "label": upload.label = try StoredText.label(Option.text(value, name))
                case "name": upload.name = try StoredText.name(Option.text(value, name))
                case "metadata": upload.metadata = try StoredText.metadata(value)
                default: break
                }
            }
        }
    }
}
