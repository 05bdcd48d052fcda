import DINOTraining
import FeatureAPI
import Foundation
import Tensors
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct ClassifyRouteTests {
    private let service: CollectionService<FakeExtractor>

    init() throws { service = try CollectionService() }

    private func classify(_ json: [String: Any]) async throws -> Answer {
        try await service.call(.post, "/v1/classify", json: json)
    }

    @Test func classifiesByTheVoteOfTheLabelledNeighbours() async throws {
        for value in UInt8(1)...6 { try await service.store(value, query: value <= 3 ? "?label=low" : "?label=high") }
        try await service.store(7)
        let answer = try await classify(["vector": [1, 1, 0], "k": 4])
        #expect(answer.status == 200)
        let json = try answer.json
        #expect(json["label"] as? String == "low")
        let neighbors = try #require(json["neighbors"] as? [[String: Any]])
        #expect(neighbors.compactMap { $0["id"] as? Int } == [1, 2, 3, 4])
        let classes = try #require(json["classes"] as? [[String: Any]])
        #expect(classes.map { $0["label"] as? String } == ["low", "high"])
        #expect(classes.map { $0["neighbors"] as? Int } == [3, 1])
        let votes = neighbors.map { exp((($0["score"] as? Double ?? 0) - 1) / 0.07) }
        let share = votes[..<3].reduce(0, +) / votes.reduce(0, +)
        #expect(abs((classes[0]["share"] as? Double ?? 0) - share) < 1e-5)
    }

    @Test func aStoredImageHasNoVoteOnItself() async throws {
        try await service.store(1, query: "?label=mine")
        try await service.store(2, query: "?label=other")
        #expect(try await classify(["id": 1]).json["label"] as? String == "other")
        let raw = try await service.call(.post, "/v1/classify", FakeExtractor.image(1), type: "image/jpeg")
        #expect(try raw.json["label"] as? String == "mine")
    }

    @Test func answersManyAtOnce() async throws {
        try await service.store(1, query: "?label=low")
        try await service.store(9, query: "?label=high")
        let searches: [[String: Any]] = [["vector": [1, 1, 0]], ["vector": [9, 1, 0]]]
        let results = try await classify(["searches": searches, "k": 1]).json["results"] as? [[String: Any]]
        #expect(results?.map { $0["label"] as? String } == ["low", "high"])
    }

    @Test func withoutLabelledImagesThereIsNoClass() async throws {
        try await service.store(1)
        let json = try await classify(["vector": [1, 0, 0]]).json
        #expect(json["label"] is NSNull)
        #expect((json["classes"] as? [Any])?.isEmpty == true)
    }

    @Test(arguments: [
        (#"{"vector": [1, 0, 0], "temperature": 0}"#, 400), (#"{"vector": [1, 0, 0], "k": 0}"#, 400),
        (#"{"vector": [1, 0, 0], "filter": {"label": null}}"#, 400), (#"{"vector": [1, 0, 0], "min_score": 0}"#, 400),
        (#"{"id": 5}"#, 404),
    ])
    func refusesWhatCannotBeClassified(_ json: String, _ status: Int) async throws {
        let answer = try await service.call(.post, "/v1/classify", Array(json.utf8), type: "application/json")
        #expect(answer.status == status)
    }

    /// Whether the evaluation of models and the service give a query the same class, ties and all.
    @Test func votesAsTheEvaluationOfModelsDoes() async throws {
        let labels = ["a", "b", "c"]
        var generator = SeededGenerator(seed: 5)
        let values = (1...20).map { UInt8($0) }
        var bank = [Float](), classes = [Int]()
        for value in values {
            let label = Int.random(in: 0..<3, using: &generator)
            classes.append(label)
            try await service.store(value, query: "?label=\(labels[label])")
        }
        let stored = try await service.collection.read { [service] store in
            try store.vectors(of: (1...20).map { Int64($0) }, generation: service.collection.active.generation.id)
        }
        for id in 1...20 { bank += try #require(stored[Int64(id)]) }
        let features = FeatureSet(
            features: Tensor(shape: [20, 3], scalars: bank), labels: classes, classes: labels)
        let compute = try Compute(threads: 1)
        for _ in 0..<40 {
            let (x, y) = (Float.random(in: 0...1, using: &generator), Float.random(in: 0...1, using: &generator))
            let length = (x * x + y * y).squareRoot()
            let query = [x / length, y / length, 0]
            for k in [1, 2, 5, 10, 20] {
                let answer = try await classify(["vector": query.map { Double($0) }, "k": k]).json["label"] as? String
                let right = try labels.indices.filter { label in
                    let asked = FeatureSet(
                        features: Tensor(shape: [1, 3], scalars: query), labels: [label], classes: labels)
                    return try NearestNeighbors.evaluate(bank: features, queries: asked, ks: [k], on: compute)[0].top1
                        == 1
                }
                #expect(right.map { labels[$0] } == [answer])
            }
        }
    }
}
