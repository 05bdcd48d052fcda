import FeatureAPI
import Foundation
import Testing

@Suite struct OpenAPIDocumentTests {
    private let lines = String(decoding: OpenAPIDocument.bytes, as: UTF8.self).split(separator: "\n")

    @Test func namesEveryRouteAndNoOther() {
        let documented = lines.filter { $0.hasPrefix("  /") && $0.hasSuffix(":") }.map {
            String($0.dropFirst(2).dropLast())
        }
        #expect(documented.sorted() == InMemoryService().routes.all.map(\.path).sorted())
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
