import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct EvaluateCommandTests {
    private let folder: EvaluationFolder

    init() throws {
        folder = try EvaluationFolder()
        try folder.writeImages("train")
        try folder.writeImages("test", count: 5)
    }

    private func run(_ arguments: String...) async throws -> (status: Int32, text: String) {
        let program = try Program(arguments, of: "dino-train")
        return (try await program.status(), program.text)
    }

    private func data(train: String = "train", test: String = "test") -> [String] {
        ["--train", folder.path(train), "--test", folder.path(test), "--threads", "2"]
    }

    private func run(_ arguments: [String], _ more: [String]) async throws -> (status: Int32, text: String) {
        let program = try Program(arguments + more, of: "dino-train")
        return (try await program.status(), program.text)
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    // MARK: figures

    @Test func knnPrintsATableAndJSON() async throws {
        let table = try await run(["evaluate", "knn", folder.model, "--k", "1,5"], data())
        #expect(table.status == 0 && table.text.contains("top-1"), "\(table.text)")
        let json = try await run(["evaluate", "knn", folder.model, "--k", "1,5", "--json"], data())
        #expect(json.status == 0, "\(json.text)")
        let report = try object(json.text)
        let results = try #require(report["results"] as? [[String: Any]])
        #expect(results.compactMap { $0["k"] as? Int } == [1, 5])
        #expect((report["train"] as? [String: Any])?["images"] as? Int == 24)
    }

    @Test func rawPixelsTellTheClassesOfThisFolder() async throws {
        let (status, text) = try await run(["evaluate", "knn", "--raw-pixels", "8", "--k", "3", "--json"], data())
        #expect(status == 0, "\(text)")
        let results = try #require(object(text)["results"] as? [[String: Any]])
        #expect(results.first?["top1"] as? Double == 1)
    }

    @Test func randomWeightsAreNamedAsSuch() async throws {
        let (status, text) = try await run(["evaluate", "knn", folder.model, "--random-weights", "--k", "3"], data())
        #expect(status == 0 && text.contains("random weights"), "\(text)")
    }

    @Test func neighboursBeyondTheBankAreLeftOutAndNamed() async throws {
        let (status, text) = try await run(["evaluate", "knn", folder.model], data())
        #expect(status == 0 && text.contains("k 100 is left out"), "\(text)")
    }

    @Test func linearReportsEveryEpoch() async throws {
        let (status, text) = try await run(
            ["evaluate", "linear", folder.model, "--epochs", "3", "--json"], data())
        #expect(status == 0, "\(text)")
        let epochs = try #require(object(text)["epochs"] as? [[String: Any]])
        #expect(epochs.compactMap { $0["epoch"] as? Int } == [1, 2, 3])
        #expect(epochs.allSatisfy { $0["top5"] as? Double == 1 })
    }

    @Test func localizationComparesWithABoxInTheMiddle() async throws {
        try folder.write("boxes.tsv", Data("0.png\tcat\t3\t3\t9\t9\n".utf8))
        try folder.writeImages("boxed", classes: ["cat"], count: 1)
        let (status, text) = try await run(
            "evaluate", "localization", folder.model, "--images", folder.path("boxed"), "--boxes",
            folder.path("boxes.tsv"))
        #expect(status == 0 && text.contains("CorLoc") && text.contains("centred box"), "\(text)")
    }

    @Test func aModelDiffersFromItselfByNothing() async throws {
        let (status, text) = try await run(["compare", folder.model, folder.model, "--k", "1,3", "--json"], data())
        #expect(status == 0, "\(text)")
        let results = try #require(object(text)["results"] as? [[String: Any]])
        #expect(results.count == 2)
        #expect(results.allSatisfy { ($0["test"] as? [String: Any])?["p"] as? Double == 1 })
    }

    // MARK: bad input

    @Test(arguments: [[], ["--json"]])
    func anAnswerThatCannotBeWrittenIsAFailure(_ options: [String]) async throws {
        let program = try Program(
            ["evaluate", "knn", "--raw-pixels", "8", "--k", "3"] + data() + options, of: "dino-train",
            script: #""$@" >/dev/full"#)
        #expect(try await program.status() == 1)
        #expect(program.text.contains("could not be written to standard output"), "\(program.text)")
    }

    /// Ends with another status than 0 and says `sentence`.
    private func expectRefusal(
        _ arguments: [String], _ more: [String] = [], says sentence: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let (status, text) = try await run(arguments, more)
        #expect(status != 0, "\(text)", sourceLocation: location)
        #expect(text.contains(sentence), "\(text)", sourceLocation: location)
    }

    private var knn: [String] { ["evaluate", "knn", folder.model] }

    @Test func refusesAnEmptyFolder() async throws {
        try FileManager.default.createDirectory(atPath: folder.path("empty"), withIntermediateDirectories: true)
        try await expectRefusal(knn, data(train: "empty"), says: "there is no image")
    }

    @Test func refusesAFolderWithoutClasses() async throws {
        try folder.write("flat/a.png", PNGFile.gradient(side: 12, seed: 1))
        try await expectRefusal(knn, data(train: "flat"), says: "put the images of each class into a folder of its own")
    }

    @Test func refusesOneClass() async throws {
        try folder.writeImages("one", classes: ["cat"])
        try await expectRefusal(knn, data(train: "one"), says: "holds the one class 'cat'")
    }

    @Test func refusesAClassThatTheTrainingImagesLack() async throws {
        try folder.writeImages("more", classes: ["cat", "cow"])
        try await expectRefusal(knn, data(test: "more"), says: "holds the class 'cow', which the training images lack")
    }

    @Test func refusesASizeThatDoesNotDivideIntoPatches() async throws {
        try await expectRefusal(knn + ["--size", "30"], data(), says: "do not divide into patches of 4 px")
    }

    @Test func refusesFewerImagesThanNeighbours() async throws {
        try await expectRefusal(knn + ["--k", "50"], data(), says: "24 training images are fewer than 50 neighbours")
    }

    @Test func refusesNumbersThatAreNone() async throws {
        try await expectRefusal(knn + ["--k", "3,x"], data(), says: "expected numbers above 0")
        try await expectRefusal(knn + ["--limit", "0"], data(), says: "--limit is 0")
        try await expectRefusal(["evaluate", "linear", folder.model, "--epochs", "0"], data(), says: "--epochs is 0")
    }

    @Test func refusesWhatIsNoModel() async throws {
        try await expectRefusal(["evaluate", "knn", folder.path("nowhere")], data(), says: "no model at")
        try await expectRefusal(["evaluate", "knn"], data(), says: "Name a model")
        try await expectRefusal(["export", folder.path("nowhere"), "-o", folder.path("out")], says: "no model at")
    }

    @Test func listsCorruptFilesAndGoesOn() async throws {
        try folder.write("test/cat/9.png", Data("no image".utf8))
        let (status, text) = try await run(knn + ["--k", "3"], data())
        #expect(status == 0, "\(text)")
        #expect(text.contains("skipped cat/9.png") && text.contains("10 test images"))
    }
}
