import FeatureAPI
import Foundation
import HTTPServer
import HTTPTypes
import Testing

@Suite struct PageRouteTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/FeatureAPI/Page")

    /// The names of the page's files but for the document itself.
    private static let parts = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0 != "index.html" }.sorted()

    private func answer(_ name: String, fields: HTTPFields = [:]) async throws -> Answer {
        let request = ServerRequest(
            method: .get, path: "/page/\(name)", pathParameters: ["file": name], headerFields: fields, requestID: "id-1"
        )
        return try await Answer { try PageRoutes().part(request) }
    }

    private func document() throws -> Answer { try Answer(PageRoutes().index) }

    private func text(_ answer: Answer) -> String { String(decoding: answer.bytes, as: UTF8.self) }

    private func expectSafe(_ answer: Answer, _ type: String) {
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == type)
        #expect(answer["Cache-Control"] == "no-cache")
        #expect(answer["X-Content-Type-Options"] == "nosniff")
        #expect(answer["Referrer-Policy"] == "no-referrer")
        #expect(
            answer["Content-Security-Policy"]
                == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
                + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    }

    @Test func servesTheDocument() throws {
        expectSafe(try document(), "text/html; charset=utf-8")
        #expect(try document().bytes == Array(Data(contentsOf: Self.folder.appending(path: "index.html"))))
    }

    @Test(arguments: parts) func servesEveryFileOfTheFolder(_ name: String) async throws {
        let answer = try await answer(name)
        expectSafe(answer, name.hasSuffix(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8")
        #expect(answer.bytes == Array(try Data(contentsOf: Self.folder.appending(path: name))))
    }

    @Test func servesWhateverTheDocumentAndTheModulesName() async throws {
        let name = try Regex(#"(?:from|src=|href=) ?"/page/([^"]+)""#, as: (Substring, Substring).self)
        var named = Set(text(try document()).matches(of: name).map { String($0.output.1) })
        #expect(named.contains("main.js"))
        for part in Self.parts {
            named.formUnion(text(try await answer(part)).matches(of: name).map { String($0.output.1) })
        }
        #expect(named.sorted() == Self.parts)
    }

    @Test func everyModuleIsPreloadedSoThatNoneWaitsForAnother() throws {
        let document = text(try document())
        for part in Self.parts where part.hasSuffix(".js") && part != "main.js" {
            #expect(document.contains("<link rel=\"modulepreload\" href=\"/page/\(part)\">"), "\(part)")
        }
    }

    @Test func theDocumentHasEveryElementThatAModuleAsksFor() async throws {
        let document = text(try document())
        let id = try Regex(#"\$\("([^"]+)"\)"#, as: (Substring, Substring).self)
        for part in Self.parts {
            for match in text(try await answer(part)).matches(of: id) {
                #expect(document.contains("id=\"\(match.output.1)\""), "\(part) asks for \(match.output.1)")
            }
        }
    }

    @Test func namesNoOtherServer() async throws {
        #expect(!text(try document()).contains("://"))
        for part in Self.parts { #expect(try await !text(answer(part)).contains("://"), "\(part)") }
    }

    @Test func needsNothingThatThePolicyForbids() async throws {
        let document = text(try document())
        #expect(!document.contains("<style") && !document.contains(" style=") && !document.contains("<script>"))
        #expect(try document.firstMatch(of: Regex(#" on[a-z]+="#)) == nil)
        for part in Self.parts { #expect(try await !text(answer(part)).contains("innerHTML"), "\(part)") }
    }

    @Test func staysSmall() async throws {
        var bytes = try document().bytes.count
        for part in Self.parts { bytes += try await answer(part).bytes.count }
        #expect(bytes < 150_000)
    }

    @Test func saysThatAFileIsStillTheSame() async throws {
        let tag = try #require(try await answer("main.js")["ETag"])
        let again = try await answer("main.js", fields: [.ifNoneMatch: tag])
        #expect(again.status == 304)
        #expect(again.bytes.isEmpty)
        #expect(try await answer("style.css", fields: [.ifNoneMatch: tag]).status == 200)
    }

    @Test(arguments: ["", "index.html", "other.js", "../openapi.yaml", "main.js/"])
    func hasNoOtherFile(_ name: String) async throws {
        #expect(try await answer(name).status == 404)
    }
}
