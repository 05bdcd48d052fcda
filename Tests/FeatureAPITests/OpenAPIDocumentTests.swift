import FeatureAPI
import Foundation
import Testing

@Suite struct OpenAPIDocumentTests {
    private let lines = String(decoding: OpenAPIDocument.bytes, as: UTF8.self).split(separator: "\n")

    @Test func namesEveryRouteAndNoOther() {
        var documented = [String](), path = ""
        for line in lines {
            if line.hasPrefix("  /"), line.hasSuffix(":") { path = String(line.dropFirst(2).dropLast()) }
            guard !path.isEmpty, line.hasPrefix("    "), line.hasSuffix(":") else { continue }
            let method = line.dropFirst(4).dropLast()
            if ["get", "put", "post", "patch", "delete"].contains(method) { documented.append("\(method) \(path)") }
        }
        let routes = InMemoryService().routes.all.map { "\($0.method.rawValue.lowercased()) \($0.path)" }
        #expect(documented.sorted() == routes.sorted())
    }

    @Test(arguments: FeatureAPIError.Kind.allCases)
    func documentsTheStatusOfEveryError(_ kind: FeatureAPIError.Kind) {
        #expect(lines.contains { $0.hasPrefix("        '\(kind.status.code)':") })
    }

    @Test(arguments: ["dimensions", "encoding_format", "features", "model", "size"])
    func documentsEveryOptionInTheQueryAFormAndJSON(_ option: String) {
        #expect(lines.contains { $0 == "      name: \(option)" })
        #expect(lines.count { $0.hasPrefix("        \(option):") } >= 2)
    }

    @Test func isTheFileAtTheTop() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        #expect(try Data(contentsOf: root.appending(path: "openapi.yaml")) == Data(OpenAPIDocument.bytes))
    }
}
