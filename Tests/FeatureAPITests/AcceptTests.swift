import FeatureAPI
import Testing

@Suite struct AcceptTests {
    private let offers = ["application/json", "application/x-ndjson", "application/x-npy", "application/octet-stream"]

    @Test(arguments: [
        (nil, "application/json"), ("", "application/json"), ("*/*", "application/json"),
        ("application/*", "application/json"), ("application/x-npy", "application/x-npy"),
        ("APPLICATION/X-NPY", "application/x-npy"), ("application/x-npy, */*", "application/x-npy"),
        ("application/json;q=0.5, application/x-npy", "application/x-npy"),
        ("application/json;q=0, */*", "application/x-ndjson"),
        ("text/html, application/json;q=0.1", "application/json"),
        ("*/*;q=0.1, application/octet-stream;q=0.2", "application/octet-stream"), ("nonsense", "application/json"),
        ("nonsense, application/x-npy;q=1.000", "application/x-npy"),
        ("application/x-npy;q=2, application/octet-stream;q=0.001", "application/octet-stream"),
    ])
    func chooses(_ field: String?, _ offer: String) {
        #expect(Accept.choose(field, from: offers) == offer)
    }

    @Test(arguments: ["text/html", "image/*", "*/*;q=0", "application/*;q=0.000"])
    func refuses(_ field: String) {
        #expect(Accept.choose(field, from: offers) == nil)
    }
}
