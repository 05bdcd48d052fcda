/// One part of a form: a file, which is an image, or a field, which is an option.
package struct MultipartPart: Equatable {
    /// The field's name.
    package let name: String
    /// The file's name as its sender has it: text to keep, never a path to open.
    let filename: String?
    let contentType: MediaType?
    /// The part's content.
    package var bytes = [UInt8]()

    /// Whether the part is an image: it has a filename or the type of a file.
    package var isFile: Bool {
        filename != nil || contentType.map { $0.isImage || $0.essence == "application/octet-stream" } ?? false
    }

    /// The part whose header lines, without the empty one, are `block`.
    init(headers block: ArraySlice<UInt8>) throws(FeatureAPIError) {
        var fields = [String: [UInt8]]()
        for line in try Self.lines(block) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), ParameterizedField.isToken(line[..<colon]) else {
                throw MultipartParser.fault("a header line has no name")
            }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            guard fields.updateValue(Array(line[(colon + 1)...]), forKey: name) == nil else {
                throw MultipartParser.fault("a part has the header \(name) twice")
            }
        }
        try Self.refuseTransferEncoding(fields["content-transfer-encoding"])
        guard let field = fields["content-disposition"].flatMap(ParameterizedField.init),
            field.value.lowercased() == "form-data", let name = field.parameters["name"], Self.isPlain(name)
        else { throw MultipartParser.fault("a part has no Content-Disposition: form-data with a name") }
        if let filename = field.parameters["filename"] {
            guard Self.isPlain(filename), !filename.utf8.contains(UInt8(ascii: "/")),
                !filename.utf8.contains(UInt8(ascii: "\\"))
            else { throw MultipartParser.fault("a filename is a path or has control characters") }
        }
        self.name = name
        filename = field.parameters["filename"]
        contentType = try fields["content-type"].map { (bytes) throws(FeatureAPIError) in try Self.type(bytes) }
    }

    private static func lines(_ block: ArraySlice<UInt8>) throws(FeatureAPIError) -> [ArraySlice<UInt8>] {
        var lines = [ArraySlice<UInt8>]()
        var rest = block
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0D }
            let end = rest[line.endIndex...].prefix(2)
            guard end.isEmpty || end.elementsEqual([0x0D, 0x0A]),
                line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 })
            else { throw MultipartParser.fault("a header line has a control character or a wrong end") }
            lines.append(line)
            rest = rest[end.endIndex...]
        }
        return lines
    }

    private static func refuseTransferEncoding(_ value: [UInt8]?) throws(FeatureAPIError) {
        guard let value else { return }
        let encoding = String(decoding: value, as: UTF8.self).lowercased().filter { $0 != " " && $0 != "\t" }
        guard ["binary", "8bit", "7bit"].contains(encoding) else {
            throw MultipartParser.fault("Content-Transfer-Encoding is obsolete (RFC 7578 section 4.7)")
        }
    }

    private static func type(_ bytes: [UInt8]) throws(FeatureAPIError) -> MediaType {
        guard let type = MediaType(String(decoding: bytes, as: UTF8.self)), !type.essence.hasPrefix("multipart/") else {
            throw MultipartParser.fault("a part's Content-Type is malformed or another multipart")
        }
        return type
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
