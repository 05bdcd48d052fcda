import Foundation
import TestSupport
import Testing

/// A request to the suite's server.
struct Request {
    var method = "POST"
    var target = "/v1/embeddings"
    var host = "localhost"
    var contentType: String?
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    /// The bytes to send, the body sized.
    var bytes: [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(body.count)\r\n"
        if let contentType { head += "Content-Type: \(contentType)\r\n" }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    /// What the suite's server answers to it on a connection of its own.
    func answer() async throws -> Answer {
        let client = try Client(port: #require(ServedModel.current).port)
        await client.send(bytes)
        return try #require(await client.answer(isHead: method == "HEAD"))
    }

    /// One image as the whole body.
    static func image(_ name: String, query: String = "", accept: String = "*/*") throws -> Request {
        Request(
            target: "/v1/embeddings" + query, contentType: "application/octet-stream", fields: ["Accept": accept],
            body: try Picture.bytes(name))
    }

    /// A form of images and options.
    static func form(_ images: [[UInt8]], options: [String: String] = [:], accept: String = "*/*") -> Request {
        var body: [UInt8] = []
        for (name, value) in options {
            body += Array("--X\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        for image in images {
            body += Array("--X\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\n".utf8)
            body += image + Array("\r\n".utf8)
        }
        body += Array("--X--\r\n".utf8)
        return Request(contentType: "multipart/form-data; boundary=X", fields: ["Accept": accept], body: body)
    }

    static func json(_ text: String) -> Request {
        Request(contentType: "application/json", body: Array(text.utf8))
    }
}

/// The small images of the image tests.
enum Picture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = ServedModel.package.appending(path: "Tests/ImagesTests/Fixtures")
        return [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    static func base64(_ name: String) throws -> String { Data(try bytes(name)).base64EncodedString() }
}
