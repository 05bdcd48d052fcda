extension EmbeddingRequest {
    /// The request in the JSON text `bytes`: `{"images": [{"image": …}]}`, or `{"input": …}` as OpenAI's clients send it.
    package init(
        json bytes: [UInt8], options reader: OptionReader<EmbeddingOptions>, limits: RequestLimits
    ) throws(FeatureAPIError) {
        var reader = reader
        reader.beginBody()
        var texts: [ArraySlice<UInt8>]?
        for (name, value) in try JSONParser.object(bytes) {
            switch name {
            case "images", "input":
                guard texts == nil else {
                    throw FeatureAPIError(.malformedBody, "\"images\" and \"input\" exclude each other.")
                }
                texts = try name == "images" ? Self.images(value) : Self.input(value)
            case "user":
                guard value.text != nil else {
                    throw FeatureAPIError(.invalidOption, "The option \"user\" takes a string, not \(value.kind).")
                }
            default: try reader.set(name, to: value)
            }
        }
        guard let texts, !texts.isEmpty else {
            throw FeatureAPIError(
                .malformedBody, "There is no image; send {\"images\": [{\"image\": \"base64 or data-URI\"}]}.")
        }
        try limits.check(imageCount: texts.count)
        self.init(images: texts.map { SubmittedImage(orFaultOf: $0, limits: limits) }, options: reader.options)
    }

    /// The texts of `[{"image": text}]`.
    static func images(_ value: JSONValue) throws(FeatureAPIError) -> [ArraySlice<UInt8>] {
        guard case .array(let elements) = value else {
            throw FeatureAPIError(.malformedBody, "\"images\" takes an array, not \(value.kind).")
        }
        var texts = [ArraySlice<UInt8>]()
        for (index, element) in elements.enumerated() {
            guard case .object(let members) = element, members.count == 1, members[0].name == "image",
                case .string(let text) = members[0].value
            else {
                throw FeatureAPIError(
                    .malformedBody, "Each of \"images\" is {\"image\": \"base64 or data-URI\"}.", index: index)
            }
            texts.append(text)
        }
        return texts
    }

    /// The texts of one string or an array of strings.
    private static func input(_ value: JSONValue) throws(FeatureAPIError) -> [ArraySlice<UInt8>] {
        if case .string(let text) = value { return [text] }
        guard case .array(let elements) = value else {
            throw FeatureAPIError(.malformedBody, "\"input\" takes a string or an array of strings, not \(value.kind).")
        }
        var texts = [ArraySlice<UInt8>]()
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element else {
                throw FeatureAPIError(
                    .malformedBody, "\"input\" takes images as base64 or data-URIs, not \(element.kind).", index: index)
            }
            texts.append(text)
        }
        return texts
    }
}

extension SubmittedImage {
    /// The image in `text`, or why it has none.
    init(orFaultOf text: ArraySlice<UInt8>, limits: RequestLimits) {
        do throws(FeatureAPIError) { try self.init(text: text, limits: limits) } catch { self.init(fault: error) }
    }

    /// The image in `text`: base64, or a data-URI (RFC 2397) of base64.
    init(text: ArraySlice<UInt8>, limits: RequestLimits) throws(FeatureAPIError) {
        var declaredType: String?
        var base64 = text
        if text.starts(with: "data:".utf8) {
            guard let comma = text.firstIndex(of: UInt8(ascii: ",")), comma - text.startIndex <= 200 else {
                throw FeatureAPIError(.malformedBody, "A data-URI is data:image/jpeg;base64,… and so on.")
            }
            let header = String(decoding: text[..<comma].dropFirst(5), as: UTF8.self)
            guard header.lowercased().hasSuffix(";base64") else {
                throw FeatureAPIError(.malformedBody, "A data-URI has to be of base64.")
            }
            let essence = header.prefix { $0 != ";" }.lowercased()
            declaredType = essence == "application/octet-stream" ? nil : try EmbeddingBody.imageType(essence)
            base64 = text[(comma + 1)...]
        }
        guard !base64.isEmpty else { throw FeatureAPIError(.emptyBody, "The image has no bytes.") }
        try limits.check(imageBytes: base64.count / 4 * 3 - 2)
        do throws(Base64.Fault) {
            self.init(bytes: try Base64.decode(base64), declaredType: declaredType)
        } catch {
            throw FeatureAPIError(.malformedBody, "The image is not base64: \(error.description)")
        }
    }
}

extension Base64.Fault {
    fileprivate var description: String {
        switch self {
        case .length: "its length is no multiple of 4 (pad with \"=\")."
        case .letter(let offset): "a character outside the standard alphabet stands at \(offset)."
        case .unusedBits: "the bits after its last byte are not zero."
        }
    }
}
