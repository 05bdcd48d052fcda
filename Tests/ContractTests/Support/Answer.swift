import Foundation

/// A response as it came over the socket.
struct Answer: Sendable {
    let status: Int
    let fields: [String: String]
    let body: [UInt8]

    /// The first whole response of these bytes and how many of them it took; nil where more are needed.
    static func parse(_ bytes: [UInt8], isHead: Bool) -> (answer: Answer, length: Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let length = isHead ? 0 : fields["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count >= end.upperBound + length else { return nil }
        let body = Array(bytes[end.upperBound..<(end.upperBound + length)])
        return (Answer(status: status, fields: fields, body: body), end.upperBound + length)
    }

    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
    }

    var items: [[String: Any]] { json["data"] as? [[String: Any]] ?? [] }

    /// The CLS feature of an image.
    func embedding(_ index: Int = 0) -> [Float]? {
        guard items.indices.contains(index) else { return nil }
        return (items[index]["embedding"] as? [Double])?.map { Float($0) }
    }

    /// The rest of a problem's type after the project's prefix, once the whole problem is in order.
    var problem: String? {
        guard fields["content-type"] == "application/problem+json", json["status"] as? Int == status,
            json["title"] is String, json["detail"] is String,
            json["request_id"] as? String == fields["x-request-id"], let type = json["type"] as? String
        else { return nil }
        return type.components(separatedBy: ":").last
    }
}

/// Little-endian float32 numbers.
func floats(_ bytes: some Collection<UInt8>) -> [Float] {
    let all = Array(bytes)
    return stride(from: 0, to: all.count - all.count % 4, by: 4).map { start in
        Float(bitPattern: all[start..<(start + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
}
