import DINOTraining
import Foundation
import Testing

@Suite struct TrainingLogTests {
    let tiny: TinyRun

    init() throws { tiny = try TinyRun() }

    private func line(_ step: Int) -> LogLine {
        var line = LogLine(step: step, epoch: 0.5, progress: 0.1, images: step * 3, seconds: 0.1, time: 1e9)
        line.steps = .init(
            loss: 1.25, teacherEntropy: 1, kl: 0.25, gradientNorm: 3, learningRate: 1e-5, weightDecay: 0.04,
            momentum: 0.996, teacherTemp: 0.04, imagesPerSecond: 10, gflops: 1, dataWait: 0)
        return line
    }

    @Test func aLineIsFlatAndReadsBack() throws {
        let json = try JSONEncoder().encode(line(7))
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect(object["loss"] as? Double == 1.25)
        #expect(object["step"] as? Int == 7)
        #expect(try JSONDecoder().decode(LogLine.self, from: json) == line(7))
        var evaluation = LogLine(step: 1, epoch: 0, progress: 0, images: 0, seconds: 0, time: 0)
        evaluation.knn = 0.5
        #expect(try JSONDecoder().decode(LogLine.self, from: JSONEncoder().encode(evaluation)) == evaluation)
    }

    @Test func whatFollowsTheCheckpointIsCutOff() throws {
        do {
            let log = try TrainingLog(folder: RunFolder(tiny.folder), before: 0)
            for step in [10, 20, 30] { try log.append(line(step)) }
        }
        let file = tiny.folder.appending(path: "log.jsonl")
        let torn = try FileHandle(forWritingTo: file)
        try torn.seekToEnd()
        try torn.write(contentsOf: Data(#"{"step":35,"lo"#.utf8))
        try torn.close()
        let log = try TrainingLog(folder: RunFolder(tiny.folder), before: 20)
        #expect(log.lines == [line(10), line(20)])
        try log.append(line(30))
        #expect(try tiny.log == [line(10), line(20), line(30)])
    }

    @Test func aNewRunBeginsANewLog() throws {
        do { try TrainingLog(folder: RunFolder(tiny.folder), before: 0).append(line(10)) }
        #expect(try TrainingLog(folder: RunFolder(tiny.folder), before: 0).lines.isEmpty)
        #expect(try tiny.log.isEmpty)
    }
}
