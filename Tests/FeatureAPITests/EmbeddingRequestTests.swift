import FeatureAPI
import Testing

@Suite struct EmbeddingRequestTests {
    private func request(_ json: String, limits: RequestLimits = .init()) throws(FeatureAPIError) -> EmbeddingRequest {
        try EmbeddingRequest(json: Array(json.utf8), options: OptionReader(), limits: limits)
    }

    private func kind(_ body: () throws(FeatureAPIError) -> some Any) -> FeatureAPIError.Kind? {
        do throws(FeatureAPIError) {
            _ = try body()
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func readsImagesAndOptions() throws {
        let request = try request(
            """
            {"images": [{"image": "AAEC"}, {"image": "data:image/PNG;base64,AwQF"}], "features": ["patches", "cls"],
             "size": 64, "dimensions": 8, "encoding_format": "base64", "model": "m"}
            """)
        #expect(
            request.images == [
                SubmittedImage(bytes: [0, 1, 2], declaredType: nil),
                SubmittedImage(bytes: [3, 4, 5], declaredType: "image/png"),
            ])
        #expect(request.options.features == [.patches, .cls])
        #expect(request.options.size == 64)
        #expect(request.options.dimensions == 8)
        #expect(request.options.encodingFormat == .base64)
        #expect(request.options.model == "m")
    }

    @Test(arguments: [#"{"input": "AAEC", "user": "u"}"#, #"{"input": ["data:application/octet-stream;base64,AAEC"]}"#])
    func readsOpenAIsShape(_ json: String) throws {
        #expect(try request(json).images == [SubmittedImage(bytes: [0, 1, 2], declaredType: nil)])
    }

    @Test(
        arguments: [
            ("[]", .malformedBody), ("{}", .malformedBody), (#"{"images": []}"#, .malformedBody),
            (#"{"images": "AAEC"}"#, .malformedBody), (#"{"images": ["AAEC"]}"#, .malformedBody),
            (#"{"images": [{}]}"#, .malformedBody), (#"{"images": [{"image": 1}]}"#, .malformedBody),
            (#"{"images": [{"image": "AAEC", "x": 1}]}"#, .malformedBody), (#"{"input": [1]}"#, .malformedBody),
            (#"{"input": 1}"#, .malformedBody), (#"{"input": "AAEC", "images": [{"image": "AAEC"}]}"#, .malformedBody),
            (#"{"input": "AAEC", "sizes": 1}"#, .unknownOption),
            (#"{"input": "AAEC", "size": 0}"#, .invalidOption), (#"{"input": "AAEC", "size": 1.5}"#, .invalidOption),
            (#"{"input": "AAEC", "size": -1}"#, .invalidOption), (#"{"input": "AAEC", "size": "64"}"#, .invalidOption),
            (#"{"input": "AAEC", "size": 1e300}"#, .invalidOption),
            (#"{"input": "AAEC", "size": null}"#, .invalidOption),
            (#"{"input": "AAEC", "features": []}"#, .invalidOption),
            (#"{"input": "AAEC", "features": "all"}"#, .invalidOption),
            (#"{"input": "AAEC", "features": ["cls", "cls"]}"#, .invalidOption),
            (#"{"input": "AAEC", "features": ["cls", 1]}"#, .invalidOption),
            (#"{"input": "AAEC", "features": "cls,,patches"}"#, .invalidOption),
            (#"{"input": "AAEC", "encoding_format": "hex"}"#, .invalidOption),
            (#"{"input": "AAEC", "model": 1}"#, .invalidOption), (#"{"input": "AAEC", "user": 1}"#, .invalidOption),
        ] as [(String, FeatureAPIError.Kind)])
    func refuses(_ json: String, _ expected: FeatureAPIError.Kind) {
        #expect(kind { () throws(FeatureAPIError) in try request(json) } == expected)
    }

    @Test(
        arguments: [
            ("AA EC", .malformedBody), ("AA-_", .malformedBody), ("AAE", .malformedBody), ("", .emptyBody),
            ("data:image/png;base64,", .emptyBody), ("data:image/png,AAEC", .malformedBody),
            ("data:image/gif;base64,AAEC", .unsupportedMediaType), ("data:", .malformedBody),
            ("https://example.org/a.jpg", .malformedBody),
        ] as [(String, FeatureAPIError.Kind)])
    func aFaultInATextIsThatImagesOwn(_ text: String, _ expected: FeatureAPIError.Kind) throws {
        for json in [#"{"input": ["AAEC", "\#(text)"]}"#, #"{"images": [{"image": "AAEC"}, {"image": "\#(text)"}]}"#] {
            let images = try request(json).images
            #expect(images[0] == SubmittedImage(bytes: [0, 1, 2], declaredType: nil))
            #expect(kind { () throws(FeatureAPIError) in try images[1].file.get() } == expected)
        }
    }

    @Test func limitsImagesAndTheirBytes() throws {
        var limits = RequestLimits()
        limits.images = 2
        limits.imageBytes = 3
        #expect(try request(#"{"input": ["AAEC", "AAEC"]}"#, limits: limits).images.count == 2)
        let tooMany = #"{"input": ["AAEC", "AAEC", "AAEC"]}"#
        #expect(kind { () throws(FeatureAPIError) in try request(tooMany, limits: limits) } == .tooManyImages)
        let tooLarge = #"{"input": ["AAECAwQF"]}"#
        let images = try request(tooLarge, limits: limits).images
        #expect(kind { () throws(FeatureAPIError) in try images[0].file.get() } == .bodyTooLarge)
    }

    @Test func namesTheElementThatIsNoImage() {
        #expect { try request(#"{"input": ["AAEC", 1]}"#) } throws: { ($0 as? FeatureAPIError)?.index == 1 }
    }

    @Test func anOptionIsGivenOnceInTheQueryAndTheBodysCounts() throws {
        var reader = OptionReader<EmbeddingOptions>()
        try reader.set("size", toText: "64")
        try reader.set("dimensions", toText: "8")
        let request = try EmbeddingRequest(
            json: Array(#"{"input": "AAEC", "size": 32}"#.utf8), options: reader, limits: .init())
        #expect(request.options.size == 32)
        #expect(request.options.dimensions == 8)
        #expect(kind { () throws(FeatureAPIError) in try reader.set("size", toText: "64") } == .invalidOption)
    }

    @Test(arguments: ["", "+64", "-1", "0", "6 4", "64.0", "0x40", "９", "99999999999999999999"])
    func refusesTheSizeInAQuery(_ text: String) {
        var reader = OptionReader<EmbeddingOptions>()
        #expect(kind { () throws(FeatureAPIError) in try reader.set("size", toText: text) } == .invalidOption)
    }

    @Test(
        arguments: [
            ("image/jpeg", .image(declaredType: "image/jpeg")), ("Image/JPG", .image(declaredType: "image/jpeg")),
            ("application/octet-stream", .image(declaredType: nil)), ("application/json; charset=UTF-8", .json),
            ("multipart/form-data; boundary=XyZ", .form(boundary: Array("XyZ".utf8))),
            ("multipart/form-data; boundary=\"a b\"", .form(boundary: Array("a b".utf8))),
        ] as [(String, EmbeddingBody)])
    func tellsTheBodyByItsType(_ type: String, _ body: EmbeddingBody) throws {
        #expect(try EmbeddingBody(contentType: type, contentEncoding: "Identity") == body)
    }

    @Test(
        arguments: [
            (nil, nil, .unsupportedMediaType), ("image/gif", nil, .unsupportedMediaType),
            ("text/plain", nil, .unsupportedMediaType),
            ("application/x-www-form-urlencoded", nil, .unsupportedMediaType), ("json", nil, .unsupportedMediaType),
            ("application/json; charset=latin1", nil, .unsupportedMediaType),
            ("image/jpeg", "gzip", .unsupportedMediaType),
            ("multipart/form-data", nil, .malformedBody), ("multipart/form-data; boundary=\"\"", nil, .malformedBody),
            ("multipart/form-data; boundary=" + String(repeating: "a", count: 71), nil, .malformedBody),
            ("multipart/form-data; boundary=a; boundary=b", nil, .unsupportedMediaType),
            ("multipart/form-data; boundary=\"a \"", nil, .malformedBody),
        ] as [(String?, String?, FeatureAPIError.Kind)])
    func refusesTheType(_ type: String?, _ encoding: String?, _ expected: FeatureAPIError.Kind) {
        let body = { () throws(FeatureAPIError) in try EmbeddingBody(contentType: type, contentEncoding: encoding) }
        #expect(kind(body) == expected)
    }
}
