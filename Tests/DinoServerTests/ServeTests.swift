import Foundation
import FoundationNetworking
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct ServeTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func serve(_ arguments: String...) throws -> Program {
        try Program(["serve", "--model", workspace.model, "--database", "none", "--port", "0"] + arguments)
    }

    private func answer(_ program: Program, _ path: String, body: Data? = nil, host: String? = nil) async throws -> (
        status: Int?, body: Data
    ) {
        let port = try await program.line(after: "listens on ").components(separatedBy: ":").last ?? ""
        let address = "http://127.0.0.1:\(port)"
        var request = URLRequest(url: try #require(URL(string: address + path)))
        if let host { request.setValue(host, forHTTPHeaderField: "Host") }
        if let body {
            request.httpMethod = "POST"
            request.httpBody = body
            request.setValue("image/png", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode, data)
    }

    @Test func embedsAPhotographOverASocketAndStopsOnSIGTERM() async throws {
        let program = try serve()
        #expect(try await answer(program, "/livez").status == 200)
        #expect(try await answer(program, "/readyz").status == 200)
        let (status, body) = try await answer(program, "/v1/embeddings", body: Workspace.png)
        #expect(status == 200)
        let json = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        #expect(json["model"] as? String == "model")
        let item = try #require((json["data"] as? [[String: Any]])?.first)
        let vector = try #require(item["embedding"] as? [Double])
        #expect(vector.count == Workspace.architecture.embedDim)
        #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        #expect(program.text.contains("curl http://127.0.0.1:"))
        program.send(SIGTERM)
        #expect(try await program.status() == 0)
    }

    @Test(arguments: [
        ([], "evil.example", 421), ([], "localhost:1", 200),
        (["--names", "Photos.example.org, ::2"], "photos.example.org", 200),
        (["--names", "photos.example.org"], "evil.example", 421),
        (["--host", "0.0.0.0", "--insecure"], "evil.example", 200),
        (["--host", "0.0.0.0", "--insecure", "--names", "photos.example.org"], "evil.example", 421),
        (["--host", "0.0.0.0", "--insecure", "--names", "photos.example.org"], "0.0.0.0", 200),
    ])
    func answersToItsNames(_ arguments: [String], _ host: String, _ status: Int) async throws {
        let program = try Program(
            ["serve", "--model", workspace.model, "--database", "none", "--port", "0"] + arguments)
        #expect(try await answer(program, "/v1/models", host: host).status == status)
        #expect(try await answer(program, "/livez", host: host).status == 200)
    }

    @Test func registersOfAModelWithoutThemAreEmpty() async throws {
        let program = try serve()
        let path = "/v1/embeddings?features=registers,patches&dimensions=8"
        let (status, body) = try await answer(program, path, body: Workspace.png)
        #expect(status == 200)
        let json = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        let item = try #require((json["data"] as? [[String: Any]])?.first)
        #expect((item["registers"] as? [[Double]])?.isEmpty == true)
        #expect((item["patches"] as? [[Double]])?.map(\.count) == [Int](repeating: 8, count: 9))
    }

    @Test func aBrokenImageLeavesTheServerServing() async throws {
        let program = try serve()
        let png = try #require(Workspace.png)
        #expect(try await answer(program, "/v1/embeddings", body: png.prefix(50)).status == 422)
        #expect(try await answer(program, "/v1/embeddings", body: Data("text".utf8)).status == 415)
        #expect(try await answer(program, "/v1/embeddings", body: png).status == 200)
    }

    @Test func aSecondSignalEndsItAtOnce() async throws {
        let program = try serve()
        let address = try await program.line(after: "listens on http://127.0.0.1:")
        let client = try UnfinishedRequest(port: try #require(UInt16(address)))
        #expect(try await answer(program, "/livez").status == 200)
        program.send(SIGTERM)
        _ = try await program.line(after: "stops")
        program.send(SIGTERM)
        #expect(try await program.status() == 128 + SIGTERM)
        client.close()
    }

    @Test func bindsToOtherAddressesOnlyWhenToldThatItIsInsecure() async throws {
        let refused = try await Program.run(
            "serve", "--model", workspace.model, "--database", "none", "--host", "0.0.0.0", "--port", "0")
        #expect(refused.status != 0)
        #expect(refused.text.contains("--insecure"))
        let program = try serve("--host", "0.0.0.0", "--insecure")
        _ = try await program.line(after: "listens on ")
    }

    @Test func saysWhatToDoAboutAMissingModel() async throws {
        let (status, text) = try await Program.run("--model", workspace.path("none"), "--database", "none")
        #expect(status != 0)
        #expect(text.contains("scripts/get-weights"))
    }

    @Test func saysThatAPortIsTaken() async throws {
        let first = try serve()
        let port = try await first.line(after: "listens on http://127.0.0.1:")
        let second = try await Program.run(
            "serve", "--model", workspace.model, "--database", "none", "--port", port)
        #expect(second.status != 0)
        #expect(second.text.contains("127.0.0.1:\(port)"))
    }
}
