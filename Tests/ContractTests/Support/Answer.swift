import Foundation
import TestSupport

extension Answer {
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
