import FeatureAPI
import Testing

@Suite struct MediaTypeTests {
    @Test func readsTypeAndParameters() throws {
        let type = try #require(MediaType("Multipart/Form-Data ; Boundary=\"a b\\\"c\"; charset=UTF-8"))
        #expect(type.essence == "multipart/form-data")
        #expect(type.parameters == ["boundary": "a b\"c", "charset": "UTF-8"])
    }

    @Test(arguments: [
        "", "image", "/", "image/", "/jpeg", "image/jpeg/x", "image /jpeg", "image/jpeg x", "image/jpeg; a",
        "image/jpeg; a=",
        "image/jpeg; a=\"b", "image/jpeg; a=1; A=2", "image/jpeg, image/png", "im\u{e4}ge/jpeg", "image/jpeg; =b",
        "image/jpeg; a = b",
    ])
    func refuses(_ text: String) {
        #expect(MediaType(text) == nil)
    }
}
