import Foundation
import TestSupport
import Testing

extension ContractTests {
    /// The forms of a request and of an answer, all of which carry the same numbers.
    @Suite struct FormTests {
        private static let name = "ycc420.jpg"

        private func expected() async throws -> [Float] {
            try #require(try await Request.image(Self.name).answer().embedding())
        }

        /// Batches may add in another order, by a few units in the last place.
        private func equal(_ left: [Float]?, _ right: [Float]) -> Bool {
            guard let left, left.count == right.count else { return false }
            return zip(left, right).allSatisfy { abs($0 - $1) <= 1e-6 }
        }

        private func length(_ vector: [Float]) -> Double {
            vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }

        @Test func answersTheSameVectorOfLengthOneEveryTime() async throws {
            let first = try await expected()
            #expect(first.count == 192)
            #expect(abs(length(first) - 1) < 1e-6)
            for _ in 0..<3 { #expect(try await expected() == first) }
        }

        @Test func everyFormOfARequestGivesTheSameVector() async throws {
            let vector = try await expected()
            let bytes = try Picture.bytes(Self.name)
            let base64 = try Picture.base64(Self.name)
            let dataURI = "data:image/jpeg;base64,\(base64)"
            let requests = [
                Request(contentType: "image/jpeg", body: bytes),
                Request.form([bytes]),
                Request.json(#"{"images": [{"image": "\#(base64)"}], "features": ["cls"]}"#),
                Request.json(#"{"images": [{"image": "\#(dataURI)"}], "features": "cls"}"#),
                Request.json(#"{"input": "\#(base64)", "model": "dino-vit-tiny-8-64", "user": "someone"}"#),
                Request.json(#"{"input": ["\#(dataURI)"], "encoding_format": "float"}"#),
            ]
            for request in requests {
                let answer = try await request.answer()
                #expect(answer.status == 200)
                #expect(answer.embedding() == vector)
            }
        }

        @Test func theImagesOfAFormKeepTheirOrder() async throws {
            let names = [Self.name, "color2-depth8.png", "lossless-alpha.webp"]
            let answer = try await Request.form(names.map(Picture.bytes)).answer()
            #expect(answer.items.map { $0["index"] as? Int } == [0, 1, 2])
            for (index, name) in names.enumerated() {
                let alone = try #require(try await Request.image(name).answer().embedding())
                #expect(equal(answer.embedding(index), alone), "\(name)")
            }
        }

        @Test func everyFormOfAnAnswerHasTheSameNumbers() async throws {
            let vector = try await expected()
            let npy = try await Request.image(Self.name, accept: "application/x-npy").answer()
            #expect(npy.fields["content-type"] == "application/x-npy")
            #expect(npy.fields["x-shape"] == "1,192")
            #expect(floats(npy.body.suffix(192 * 4)) == vector)
            let raw = try await Request.image(Self.name, accept: "application/octet-stream").answer()
            #expect(raw.fields["x-dtype"] == "<f4")
            #expect(floats(raw.body) == vector)
            let lines = try await Request.image(Self.name, accept: "application/x-ndjson").answer()
            let line = try JSONSerialization.jsonObject(with: Data(lines.body)) as? [String: Any]
            #expect((line?["embedding"] as? [Double])?.map { Float($0) } == vector)
            let base64 = try await Request.image(Self.name, query: "?encoding_format=base64").answer()
            let text = try #require(base64.items.first?["embedding"] as? String)
            #expect(floats(try #require(Data(base64Encoded: text))) == vector)
        }

        @Test func cutsToFewerDimensionsAndNormalisesAgain() async throws {
            let whole = try await expected()
            let answer = try await Request.image(Self.name, query: "?dimensions=100").answer()
            let scale = Float(length(Array(whole.prefix(100))))
            #expect(equal(answer.embedding(), whole.prefix(100).map { $0 / scale }))
            #expect(answer.json["dimensions"] as? Int == 100)
        }

        @Test(arguments: [(8, 1), (15, 1), (64, 8), (71, 8), (128, 16)])
        func roundsTheSizeDownToThePatch(_ size: Int, _ side: Int) async throws {
            let answer = try await Request.image(Self.name, query: "?features=cls,patches&size=\(size)").answer()
            #expect(answer.json["size"] as? Int == side * 8)
            #expect(answer.json["grid"] as? [String: Int] == ["height": side, "width": side])
            let patches = try #require(answer.items.first?["patches"] as? [[Double]])
            #expect(patches.count == side * side)
            #expect(patches.allSatisfy { abs(length($0.map { Float($0) }) - 1) < 1e-6 })
        }

        @Test func theCommandEmbedWritesTheNumbersThatTheServerAnswers() async throws {
            let output = FileManager.default.temporaryDirectory.appending(path: "contract-\(UUID().uuidString).npy")
            defer {
                for name in [output, output.deletingPathExtension().appendingPathExtension("json")] {
                    try? FileManager.default.removeItem(at: name)
                }
            }
            let picture = ServedModel.package.appending(path: "Tests/ImagesTests/Fixtures/\(Self.name)").path
            let result = try await Program.run("embed", "--model", ServedModel.weights, picture, "-o", output.path)
            #expect(result.status == 0, "\(result.text)")
            #expect(floats(try Data(contentsOf: output).suffix(192 * 4)) == (try await expected()))
        }
    }
}
