import FeatureAPI
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws(FeatureAPIError) -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    @Test func readsEveryKindOfValue() throws {
        let value = try parse(#" {"a": [1, -2.5e1, true, false, null], "b": {"c": "d"}, "": ""} "#)
        #expect(
            value
                == .object([
                    ("a", .array([.number(1), .number(-25), .bool(true), .bool(false), .null])),
                    ("b", .object([("c", .string(Array("d".utf8)[...]))])), ("", .string([])),
                ]))
    }

    @Test func resolvesEscapes() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#).text == "\"\\/\u{8}\u{c}\n\r\té😀é")
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "[1 2]", "1 2", "nul", "tru", "+1", "01", ".5",
        "1.",
        "1e", "-", "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "0x10", "'a'", "\"", "\"\\", "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"", "\"\\ud83d\"", "\"\\ud83d\\u0041\"", "\"\\ude00\"", "\"\\ud83d\\ud83d\"", "\"a\nb\"", "\"a\tb\"",
        "\u{FEFF}{}", "[\u{A0}1]", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "]", "}", ",", "[1],", "// a\n1",
    ])
    func refuses(_ text: String) {
        #expect { try parse(text) } throws: { ($0 as? FeatureAPIError)?.kind == .malformedBody }
    }

    @Test func refusesBytesThatAreNotUTF8() {
        for bytes in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE9], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]] {
            #expect(throws: FeatureAPIError.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
        }
    }

    @Test func refusesALongNameWithoutRepeatingIt() throws {
        let longest = String(repeating: "n", count: JSONParser.maximumNameBytes)
        _ = try parse("{\"\(longest)\": 1}")
        #expect { try parse("{\"\(longest)n\": 1}") } throws: {
            guard let error = $0 as? FeatureAPIError else { return false }
            return error.kind == .malformedBody && error.detail.utf8.count < 200
        }
    }

    @Test func nestsToItsLimitAndNoDeeper() throws {
        let depth = JSONParser.maximumDepth
        _ = try parse(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        for opening in ["[", "{\"a\":"] {
            #expect(throws: FeatureAPIError.self) { try parse(String(repeating: opening, count: 100_000)) }
        }
    }

    @Test func countsValues() throws {
        let fitting = "[" + Array(repeating: "0", count: JSONParser.maximumValues - 1).joined(separator: ",") + "]"
        _ = try parse(fitting)
        #expect(throws: FeatureAPIError.self) { try parse("[" + fitting + "]") }
    }

    @Test func tellsIntegersFromOtherNumbers() throws {
        #expect(try parse("224").integer == 224)
        #expect(try parse("224.0").integer == 224)
        #expect(try parse("2.24e2").integer == 224)
        #expect(try parse("224.5").integer == nil)
        #expect(try parse("1e300").integer == nil)
        #expect(try parse("\"224\"").integer == nil)
    }

    @Test(arguments: ["", "-"]) func doesNotRoundWholeNumbersIntoTheRangeOfExactOnes(_ sign: String) throws {
        let largest = sign.isEmpty ? 9_007_199_254_740_992 : -9_007_199_254_740_992
        #expect(try parse(sign + "9007199254740992").integer == largest)
        #expect(try parse(sign + "9007199254740991").integer.map(abs) == 9_007_199_254_740_991)
        for text in ["9007199254740993", "9007199254740993.0", "9.007199254740993e15", "9007199254740994"] {
            #expect(try parse(sign + text).integer == nil)
        }
    }

    @Test func everyPrefixOfATextIsRefused() {
        let text = Array(#"{"images":[{"image":"QUJD"}],"size":64,"features":["cls"],"x":true}"#.utf8)
        for length in text.indices {
            #expect(throws: FeatureAPIError.self) { try JSONParser.parse(Array(text[..<length])) }
        }
    }
}
