internal import HTTPTypes

/// Ids that tie an answer, a log line and a client's report together.
enum RequestID {
    /// The client's own id when it is a token of at most 128 safe characters, else a new one.
    static func of(_ fields: HTTPFields) -> String {
        guard let id = fields[.xRequestID], (1...128).contains(id.utf8.count), ByteClass.requestID.containsAll(id.utf8)
        else { return new() }
        return id
    }

    /// 16 random hexadecimal digits.
    static func new() -> String {
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
