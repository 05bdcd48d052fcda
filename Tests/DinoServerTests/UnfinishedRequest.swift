import Foundation
import TestSupport

/// A client that announces more than it sends.
struct UnfinishedRequest {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = try connectedSocket(port: Int(port))
        let head =
            "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\nabc"
        _ = Array(head.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
    }

    func close() { _ = Foundation.close(descriptor) }
}
