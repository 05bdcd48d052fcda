import Foundation
import TestSupport
import Testing

extension ContractTests {
    /// What bad input gets: a problem that says so, and a server that goes on serving.
    @Suite struct BadInputTests {
        private func refuses(_ request: Request, _ status: Int, _ problem: String) async throws {
            let answer = try await request.answer()
            #expect(answer.status == status)
            #expect(answer.problem == problem)
            #expect(try await Request.image("column.png").answer().status == 200)
        }

        /// The JPEG of the fixtures with other numbers of rows and columns in its header.
        private func jpeg(rows: UInt16, columns: UInt16) throws -> [UInt8] {
            var bytes = try Picture.bytes("ycc420.jpg")
            let frame = try #require(bytes.firstRange(of: [0xFF, 0xC0]))
            let side = [rows, columns].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            bytes.replaceSubrange((frame.lowerBound + 5)..<(frame.lowerBound + 9), with: side)
            return bytes
        }

        @Test(arguments: ["image/jpeg", "application/octet-stream", "application/json"])
        func refusesAnEmptyBody(_ type: String) async throws {
            try await refuses(Request(contentType: type), 400, "empty-body")
        }

        @Test(arguments: ["GIF89a\u{1}\0\u{1}\0", "text in a file named .jpg\n", "%PDF-1.7\n", "\0\0\0\0\0\0\0\0"])
        func refusesWhatIsNoImageWhateverItIsCalled(_ text: String) async throws {
            try await refuses(Request(contentType: "image/jpeg", body: Array(text.utf8)), 415, "unknown-image-format")
        }

        @Test func refusesAHugeImageByItsHeader() async throws {
            let bytes = try jpeg(rows: 30_000, columns: 30_000)
            try await refuses(Request(contentType: "image/jpeg", body: bytes), 413, "image-too-large")
        }

        @Test(arguments: ["ycc420.jpg", "progressive.jpg", "color2-depth8.png", "lossless-alpha.webp"])
        func refusesATruncatedFile(_ name: String) async throws {
            let bytes = try Picture.bytes(name)
            let request = Request(contentType: "application/octet-stream", body: Array(bytes.prefix(bytes.count / 2)))
            try await refuses(request, 422, "damaged-image")
        }

        @Test(arguments: [nil, "text/plain", "image/png", "application/x-www-form-urlencoded"])
        func refusesAnotherContentType(_ type: String?) async throws {
            let request = Request(contentType: type, body: try Picture.bytes("ycc420.jpg"))
            try await refuses(request, 415, "unsupported-media-type")
        }

        @Test(arguments: ["?feature=cls", "?size=64&sise=64", "?user=someone"])
        func refusesAnUnknownOption(_ query: String) async throws {
            try await refuses(Request.image("column.png", query: query), 400, "unknown-option")
        }

        @Test(
            arguments: [
                "?size=0", "?size=7", "?size=-64", "?size=64.0", "?size=99999999999999999999", "?size=",
                "?dimensions=0",
                "?size=64&size=64",
            ])
        func refusesABadValue(_ query: String) async throws {
            try await refuses(Request.image("column.png", query: query), 400, "invalid-option")
        }

        @Test(
            arguments: [
                "{", "null", "[]", "{} {}", #"{"input": "AAAA", "in\u0070ut": "AAAA"}"#, #"{"input": "A\nA="}"#,
                #"{"input": "AAAA",}"#, #"{"input": "\ud800"}"#, String(repeating: "[", count: 100_000),
            ])
        func refusesMalformedJSON(_ text: String) async throws {
            try await refuses(Request.json(text), 400, "malformed-body")
        }

        /// A page that let its own name lead to this machine would be of one origin with the server, by that name.
        @Test(arguments: ["evil.example", "evil.example:8080", "localhost.evil.example"])
        func readsNothingToAStrangersName(_ host: String) async throws {
            var request = try Request.image("column.png")
            request.host = host
            let answer = try await request.answer()
            #expect(answer.status == 421)
            #expect(answer.problem == "blank")
            request.host = "127.0.0.1:1"
            #expect(try await request.answer().status == 200)
        }

        @Test func refusesAnAnnouncedBodyOfTwoGigabytesBeforeItComes() async throws {
            let client = try Client(port: #require(ServedModel.current).port)
            let head = "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
            await client.send(Array((head + "Content-Length: 2147483648\r\nExpect: 100-continue\r\n\r\n").utf8))
            let answer = try #require(await client.answer())
            #expect(answer.status == 413)
            #expect(answer.problem == "blank")
            #expect(await client.ends())
        }

        @Test func aBrokenImageAmongTwoFailsAlone() async throws {
            let good = try Picture.bytes("ycc420.jpg")
            let answer = try await Request.form([Array(good.prefix(600)), good]).answer()
            #expect(answer.status == 200)
            let error = try #require(answer.items.first?["error"] as? [String: Any])
            #expect(error["status"] as? Int == 422)
            #expect(answer.embedding(0) == nil)
            #expect(answer.embedding(1) == (try await Request.image("ycc420.jpg").answer().embedding()))
        }

        @Test func embedsOnePixel() async throws {
            let pixel =
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
            let answer = try await Request.json(#"{"input": "\#(pixel)"}"#).answer()
            #expect(answer.embedding()?.allSatisfy { $0.isFinite } == true)
        }

        @Test func refusesMoreImagesThanItTakes() async throws {
            let pixel = try Picture.bytes("column.png")
            let request = Request.form(Array(repeating: pixel, count: 65))
            try await refuses(request, 413, "too-many-images")
        }
    }
}
