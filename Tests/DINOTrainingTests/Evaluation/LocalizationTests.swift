import DINO
import DINOTraining
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct LocalizationTests {
    private let folder: EvaluationFolder

    init() throws { folder = try EvaluationFolder() }

    private func boxes(_ text: String) throws -> LabelledBoxes {
        try folder.write("boxes.tsv", Data(text.utf8))
        return try LabelledBoxes.read(folder.url.appending(path: "boxes.tsv"))
    }

    private func report(
        _ boxes: LabelledBoxes, _ method: Localization.Method = .attention, limit: Int? = nil
    ) throws -> Localization.Report {
        try Localization.evaluate(
            Model.load(folder.model, on: Compute(threads: 2)), folder: folder.url.appending(path: "test"), boxes: boxes,
            method: method, limit: limit, threads: 2)
    }

    @Test func aBoxInTheMiddleMeetsLabelsInTheMiddle() throws {
        for name in ["a", "b"] { try folder.write("test/cat/\(name).png", PNGFile.gradient(side: 12, seed: 3)) }
        try folder.write("test/cat/unlabelled.png", PNGFile.gradient(side: 12, seed: 3))
        let report = try report(boxes("a.png\tcat\t3\t3\t9\t9\nb.png\tcat\t3\t3\t9\t9\n"))
        #expect(report.images == 2)
        #expect(report.centered.corLoc == 1)
        #expect(report.centered.meanIoU == 1)
        let ways = report.figures.map { [$0.attention, $0.around] }
        #expect(ways.count == 6)
        #expect(ways.contains(["mean of heads", "whole mask"]) && ways.contains(["head 0", "largest group"]))
        // One head: it is the mean, and the best.
        #expect(Set(report.figures.filter { $0.around == "whole mask" }.map(\.meanIoU)).count == 1)
    }

    @Test func aCutHasABoxOfPatchesAndOneOfPixels() throws {
        for name in ["a", "b"] { try folder.write("test/cat/\(name).png", PNGFile.gradient(side: 12, seed: 3)) }
        let labelled = try boxes("a.png\tcat\t3\t3\t9\t9\nb.png\tcat\t0\t0\t12\t12\n")
        let report = try report(labelled, .ncut)
        #expect(report.images == 2)
        #expect(report.figures.map(\.around) == ["largest group", "largest group", "whole mask", "whole mask"])
        #expect(Set(report.figures.map(\.attention)) == ["none: cut patches", "none: cut, refined to pixels"])
        #expect(report.figures.allSatisfy { (0...1).contains($0.meanIoU) })
        #expect(try self.report(labelled, .ncut) == report)
    }

    @Test(arguments: [
        "a.png\tcat\t3\t3\t9\n", "a.png\tcat\t9\t3\t3\t9\n", "a.png cat 3 3 9 9\n", "a.png\tcat\t3\tx\t9\t9\n",
    ])
    func namesTheLineThatIsNoBox(_ line: String) throws {
        let error = #expect(throws: EvaluationError.self) { try boxes("b.png\tcat\t3\t3\t9\t9\n" + line) }
        #expect("\(try #require(error))".contains("line 2"))
    }

    @Test func refusesTwoBoxesForOneImage() throws {
        #expect(throws: EvaluationError.self) { try boxes("a.png\tcat\t3\t3\t9\t9\na.png\tcat\t3\t3\t8\t8\n") }
    }

    @Test func saysWhenNoBoxBelongsToAnImage() throws {
        try folder.write("test/cat/a.png", PNGFile.gradient(side: 12, seed: 3))
        let error = #expect(throws: EvaluationError.self) { try report(boxes("b.png\tcat\t3\t3\t9\t9\n")) }
        #expect("\(try #require(error))".contains("none of its 1 boxes"))
    }
}
