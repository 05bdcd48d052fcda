/// A response as a client reads it.
struct Response: Sendable, Equatable {
    var status: Int
    var fields: [String: String]
    var content: [UInt8]

    var text: String { String(decoding: content, as: UTF8.self) }

    subscript(_ name: String) -> String? { fields[name.lowercased()] }

    /// The first response in some bytes and how many it took; nil while it is not whole.
    static func parse(_ bytes: [UInt8], toHead: Bool = false) -> (Response, used: Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        var response = Response(status: Int(lines[0].split(separator: " ")[1]) ?? 0, fields: [:], content: [])
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            response.fields[parts[0].lowercased()] = parts.count > 1 ? parts[1].drop { $0 == " " }.description : ""
        }
        let rest = bytes[end.upperBound...]
        if toHead || response.status == 204 || response.status < 200 { return (response, end.upperBound) }
        if response["Transfer-Encoding"] == "chunked" {
            guard let (content, used) = dechunk(rest) else { return nil }
            response.content = content
            return (response, end.upperBound + used)
        }
        let length = Int(response["Content-Length"] ?? "") ?? rest.count
        guard rest.count >= length else { return nil }
        response.content = Array(rest.prefix(length))
        return (response, end.upperBound + length)
    }

    private static func dechunk(_ bytes: ArraySlice<UInt8>) -> (content: [UInt8], used: Int)? {
        var content: [UInt8] = []
        var rest = bytes
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) else {
                return nil
            }
            rest = rest[line.upperBound...]
            guard rest.count >= size + 2 else { return nil }
            content += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
            if size == 0 { return (content, rest.startIndex - bytes.startIndex) }
        }
        return nil
    }
}
