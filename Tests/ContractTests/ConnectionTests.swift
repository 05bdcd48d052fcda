import TestSupport
import Testing

extension ContractTests {
    /// The routes over connections that live on.
    @Suite struct ConnectionTests {
        @Test(arguments: ["/livez", "/readyz", "/v1/models", "/openapi.yaml"])
        func answersHEADAndNamesWhatIsAllowed(_ path: String) async throws {
            let get = try await Request(method: "GET", target: path).answer()
            #expect(get.status == 200)
            let head = try await Request(method: "HEAD", target: path).answer()
            #expect(head.fields["content-length"] == get.fields["content-length"])
            let delete = try await Request(method: "DELETE", target: path).answer()
            #expect(delete.status == 405)
            #expect(delete.fields["allow"] == "GET, HEAD, OPTIONS")
            #expect(delete.problem == "blank")
        }

        @Test func allowsOnlyPOSTForEmbeddings() async throws {
            let answer = try await Request(method: "GET").answer()
            #expect(answer.status == 405)
            #expect(answer.fields["allow"] == "OPTIONS, POST")
        }

        @Test func answersPipelinedRequestsInTheirOrder() async throws {
            let client = try Client(port: #require(ServedModel.current).port)
            var bytes: [UInt8] = []
            for number in 0..<10 {
                var request = try Request.image("ycc420.jpg", query: number.isMultiple(of: 3) ? "?size=0" : "")
                request.fields["X-Request-ID"] = "number-\(number)"
                bytes += request.bytes
            }
            await client.send(bytes)
            for number in 0..<10 {
                let answer = try #require(await client.answer())
                #expect(answer.fields["x-request-id"] == "number-\(number)")
                #expect(answer.status == (number.isMultiple(of: 3) ? 400 : 200))
            }
        }

        @Test func aRefusedImageLeavesItsConnectionOpen() async throws {
            let client = try Client(port: #require(ServedModel.current).port)
            await client.send(Request(contentType: "image/jpeg", body: Array("no image".utf8)).bytes)
            #expect(await client.answer()?.status == 415)
            await client.send(try Request.image("ycc420.jpg").bytes)
            #expect(await client.answer()?.status == 200)
        }
    }
}
