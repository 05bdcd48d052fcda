import FeatureAPI
import Testing

@Suite struct MultipartParserTests {
    private func parse(_ text: String, piece: Int = .max, limits: RequestLimits = .init()) throws -> [MultipartPart] {
        try parse(Array(text.utf8), piece: piece, limits: limits)
    }

    private func parse(_ bytes: [UInt8], piece: Int, limits: RequestLimits = .init()) throws -> [MultipartPart] {
        var parser = MultipartParser(boundary: Array("XyZ".utf8), limits: limits)
        var rest = bytes[...]
        while !rest.isEmpty {
            try parser.append(Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        return try parser.finish()
    }

    private func file(_ content: String, disposition: String = #"form-data; name="image"; filename="a.jpg""#) -> String
    {
        "--XyZ\r\nContent-Disposition: \(disposition)\r\n\r\n\(content)\r\n"
    }

    @Test func givesThePartsHoweverTheBytesAreCut() throws {
        let text =
            "--XyZ\r\nContent-Disposition: form-data; name=\"size\"\r\n\r\n64\r\n"
            + "--XyZ\r\ncontent-disposition:form-data;name=image;filename=\"b.png\"\r\nContent-Type: image/png\r\n\r\n"
            + "\r\n--Xy\r\n--XyY\r\r\n\n\r\n--XyZ--\r\n"
        for piece in [1, 2, 3, 5, 7, 64, 1000] {
            let parts = try parse(text, piece: piece)
            #expect(parts.map(\.name) == ["size", "image"])
            #expect(parts.map(\.isFile) == [false, true])
            #expect(parts.map { String(decoding: $0.bytes, as: UTF8.self) } == ["64", "\r\n--Xy\r\n--XyY\r\r\n\n"])
        }
    }

    @Test func everyTwoWaySplitGivesTheSame() throws {
        let bytes = Array((file("abc") + file("") + "--XyZ--").utf8)
        let whole = try parse(bytes, piece: .max)
        for cut in bytes.indices {
            var parser = MultipartParser(boundary: Array("XyZ".utf8), limits: .init())
            try parser.append(Array(bytes[..<cut]))
            try parser.append(Array(bytes[cut...]))
            #expect(try parser.finish() == whole)
        }
    }

    @Test func everyPrefixIsRefused() {
        let bytes = Array((file("abc") + "--XyZ--").utf8)
        for length in bytes.indices {
            #expect(throws: FeatureAPIError.self) { try parse(Array(bytes[..<length]), piece: 16) }
        }
    }

    @Test(arguments: [
        "form-data", "form-data; filename=\"a\"", "form-data; name=\"\"", "attachment; name=\"image\"",
        "form-data; name=\"a\"; name=\"b\"", "form-data; name=\"a", "form-data; name=\"a\u{1}\"",
        "form-data; name=\"a\"; filename=\"../../x\"", "form-data; name=\"a\"; filename=\"..\\\\x\"",
        "form-data; name=\"a\"; filename=\"x\u{0}\"", "form-data; name=\"a\"; filename=\"\"",
    ])
    func refusesTheDisposition(_ disposition: String) {
        #expect(throws: FeatureAPIError.self) { try parse(file("abc", disposition: disposition) + "--XyZ--") }
    }

    @Test(arguments: [
        "", "--XyZ", "--XyZ--x", "preamble\r\n--XyZ--", "\r\n\r\n--XyZ--", "--XyY--",
        "--XyZ\nContent-Disposition: form-data; name=\"a\"\n\nabc\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\n\r\n\r\nabc\r\n--XyZ--",
        "--XyZ\r\n\r\nabc\r\n--XyZ--", "--XyZ\r\nContent-Type: image/png\r\n\r\nabc\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\nno colon\r\n\r\n\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n folded\r\n\r\n\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--XyZ--",
        "--XyZ--\r\nepilogue", "--XyZ--\r\n\r\n",
    ])
    func refuses(_ text: String) {
        for piece in [1, 1000] {
            #expect { try parse(text, piece: piece) } throws: { ($0 as? FeatureAPIError)?.kind == .malformedBody }
        }
    }

    @Test func refusesAHeaderBlockThatDoesNotEnd() {
        let text = "--XyZ\r\nX: " + String(repeating: "a", count: 64 << 10)
        #expect(throws: FeatureAPIError.self) { try parse(text, piece: 4096) }
    }

    @Test func refusesTooManyPartsTooLargeFilesAndTooLongFields() throws {
        var limits = RequestLimits()
        limits.images = 3
        limits.imageBytes = 10
        let fitting = String(repeating: file("0123456789"), count: 3)
        #expect(try parse(fitting + "--XyZ--", limits: limits).count == 3)
        #expect { try parse(fitting + file("") + "--XyZ--", limits: limits) } throws: {
            ($0 as? FeatureAPIError)?.kind == .tooManyImages
        }
        #expect { try parse(file("0") + file("01234567890") + "--XyZ--", limits: limits) } throws: {
            $0 as? FeatureAPIError == FeatureAPIError(.bodyTooLarge, "An image's file may have 10 bytes.", index: 1)
        }
        let field = "form-data; name=\"size\""
        #expect(throws: FeatureAPIError.self) {
            try parse(file(String(repeating: "0", count: 2000), disposition: field) + "--XyZ--")
        }
        #expect(throws: FeatureAPIError.self) {
            try parse(String(repeating: file("", disposition: field), count: 10_000) + "--XyZ--", piece: 4096)
        }
    }
}
