import Foundation

/// A response as it came over the socket.
public struct Answer: Sendable {
    /// Its status code.
    public let status: Int
    /// The fields of its header under their names in lower case.
    public let fields: [String: String]
    /// Its content.
    public let body: [UInt8]

    /// The first whole response of these bytes and how many of them it took; nil where more are needed.
    public static func parse(_ bytes: [UInt8], isHead: Bool) -> (answer: Answer, length: Int)? {
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
}
