import FeatureAPI
import Foundation
import Testing

@Suite struct OpenAPIDocumentTests {
    @Test func isTheFileAtTheTop() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        #expect(try Data(contentsOf: root.appending(path: "openapi.yaml")) == Data(OpenAPIDocument.bytes))
    }
}
