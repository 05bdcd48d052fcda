import FeatureAPI
import Foundation
import Testing

@Suite struct Base64Tests {
    private func decode(_ text: String) throws(Base64.Fault) -> [UInt8] { try Base64.decode(Array(text.utf8)[...]) }

    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"),
    ])
    func decodesTheVectorsOfRFC4648(_ text: String, _ bytes: String) throws {
        #expect(try decode(text) == Array(bytes.utf8))
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zm8", "Zm9vY", "=", "==", "===", "====", "Zg==Zg==", "Z===", "Zm=v", "Zm9v\n", "Zm 9v===", " Zm9",
        "Zm-_", "Zm9é", "Zh==", "Zm9=", "Zm9v====",
    ])
    func refuses(_ text: String) {
        #expect(throws: Base64.Fault.self) { try decode(text) }
    }

    @Test func agreesWithFoundationOnRandomBytes() throws {
        var random = SystemRandomNumberGenerator()
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            var text = [UInt8]()
            bytes.withUnsafeBytes { Base64.encode($0, to: &text) }
            #expect(Data(text) == Data(bytes).base64EncodedData())
            #expect(try Base64.decode(text[...]) == bytes)
        }
    }
}
