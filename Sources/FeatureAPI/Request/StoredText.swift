/// The rules for what people say about an image: text that is shown, searched and put into paths.
package enum StoredText {
    static let maximumKeyBytes = 256
    static let maximumLabelBytes = 256
    static let maximumNameBytes = 255
    static let maximumMetadataBytes = 16 << 10

    /// The caller's name for an image, which stands in a path.
    static func key(_ text: String) throws(FeatureAPIError) -> String {
        guard isShort(text, maximumKeyBytes), !text.utf8.contains(UInt8(ascii: "/")) else {
            throw FeatureAPIError(
                .invalidKey,
                "A key has 1 to \(maximumKeyBytes) bytes of UTF-8, no slash (not even as %2F) and no control characters."
            )
        }
        guard !text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw FeatureAPIError(
                .invalidKey,
                "A key of digits alone would be taken for an image's id in GET and DELETE /v1/images/{id}; put a letter "
                    + "before them.")
        }
        return text
    }

    /// A class.
    package static func label(_ text: String) throws(FeatureAPIError) -> String {
        guard isShort(text, maximumLabelBytes) else {
            throw FeatureAPIError(
                .invalidLabel, "A label has 1 to \(maximumLabelBytes) bytes of UTF-8 and no control characters.")
        }
        return text
    }

    /// A file's name.
    package static func name(_ text: String) throws(FeatureAPIError) -> String {
        guard isShort(text, maximumNameBytes) else {
            throw FeatureAPIError(
                .invalidName, "A name has 1 to \(maximumNameBytes) bytes of UTF-8 and no control characters.")
        }
        return text
    }

    /// Metadata as the text that is stored: an object, in the order of its members, without white space.
    static func metadata(_ value: JSONValue) throws(FeatureAPIError) -> String {
        guard case .object = value else {
            throw FeatureAPIError(.invalidMetadata, "Metadata are a JSON object, not \(value.kind).")
        }
        guard value.isExact else {
            throw FeatureAPIError(
                .invalidMetadata,
                "A whole number beyond 2^53 in metadata would not be read back the same by every client; send a string."
            )
        }
        var writer = JSONWriter()
        writer.value(value)
        guard writer.bytes.count <= maximumMetadataBytes else {
            throw metadataTooLarge("\(writer.bytes.count)")
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func metadataTooLarge(_ count: String) -> FeatureAPIError {
        FeatureAPIError(
            .metadataTooLarge, "Metadata may have \(maximumMetadataBytes) bytes of JSON; these have \(count).")
    }

    private static func isShort(_ text: String, _ maximum: Int) -> Bool {
        (1...maximum).contains(text.utf8.count) && !text.unicodeScalars.contains { $0.properties.isControl }
    }
}

extension Unicode.Scalar.Properties {
    /// C0, DEL and C1.
    fileprivate var isControl: Bool { generalCategory == .control }
}

extension JSONValue {
    /// Whether no number in it is a whole one that doubles may not tell from its neighbours.
    fileprivate var isExact: Bool {
        switch self {
        case .number(let number): abs(number) <= Self.largestInteger
        case .array(let elements): elements.allSatisfy(\.isExact)
        case .object(let members): members.allSatisfy(\.value.isExact)
        default: true
        }
    }

    /// This value after the changes of a merge patch (RFC 7396): members that are null go, objects are merged.
    func merging(_ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members: [(name: String, value: JSONValue)] = if case .object(let members) = self { members } else { [] }
        for (name, value) in changes {
            let index = members.firstIndex { $0.name == name }
            if value == .null {
                if let index { members.remove(at: index) }
            } else if let index {
                members[index].value = members[index].value.merging(value)
            } else {
                members.append((name, JSONValue.null.merging(value)))
            }
        }
        return .object(members)
    }
}

extension JSONWriter {
    /// Any value, as it was read.
    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): text(Array((flag ? "true" : "false").utf8))
        case .number(let number): text(Array((Int(exactly: number)?.description ?? number.description).utf8))
        case .string(let text): string(String(decoding: text, as: UTF8.self))
        case .array(let elements): array { for element in elements { $0.value(element) } }
        case .object(let members):
            object { writer in
                for (name, value) in members {
                    writer.key(name)
                    writer.value(value)
                }
            }
        }
    }
}
