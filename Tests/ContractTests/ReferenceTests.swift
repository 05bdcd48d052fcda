import Foundation
import Testing

extension ContractTests {
    /// The bundled weights' features of whole files, against PyTorch's: decoding, preprocessing and model together.
    ///
    /// `scripts/make-contract-fixtures` writes the expected ones, and has to be run again when the bundled weights change.
    @Suite struct ReferenceTests {
        struct Feature: Decodable, Sendable, CustomTestStringConvertible {
            let file: String
            let size: Int
            let cls: Data

            var testDescription: String { "\(file) at \(size)" }
        }

        static let expected: [Feature] = {
            let url = ServedModel.package.appending(path: "Tests/ContractTests/Fixtures/expected.json")
            return (try? JSONDecoder().decode([Feature].self, from: Data(contentsOf: url))) ?? []
        }()

        @Test func knowsWhatToExpect() { #expect(Self.expected.count == 8) }

        @Test(arguments: expected) func givesPyTorchsFeatures(_ feature: Feature) async throws {
            let answer = try await Request.image(feature.file, query: "?size=\(feature.size)").answer()
            let ours = try #require(answer.embedding())
            let theirs = floats(feature.cls)
            try #require(ours.count == theirs.count)
            let cosine = zip(ours, theirs).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            let largest = theirs.reduce(0) { max($0, abs($1)) }
            let difference = zip(ours, theirs).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(cosine >= 0.99999)
            #expect(difference <= 2e-4 * largest)
        }
    }
}
