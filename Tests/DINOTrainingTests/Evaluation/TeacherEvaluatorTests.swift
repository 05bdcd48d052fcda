import DINOTraining
import Images
import Tensors
import Testing

@Suite struct TeacherEvaluatorTests {
    /// Red pictures in one class, green ones in the other.
    private func pictures(_ count: Int, limit: Int? = nil) -> TeacherEvaluator.Pictures {
        let labels = (0..<count).map { $0 < count / 2 ? 0 : 1 }
        return .init(labels: labels, limit: limit) { index in
            let pixel: [UInt8] =
                labels[index] == 0
                ? [200, 10, UInt8(truncatingIfNeeded: index)] : [10, 200, UInt8(truncatingIfNeeded: index)]
            return RGBImage(width: 6, height: 6, pixels: (0..<36).flatMap { _ in pixel })
        }
    }

    /// The mean of each channel.
    private func means(_ pixels: Tensor) -> Tensor {
        let plane = pixels.shape[2] * pixels.shape[3]
        let scalars = (0..<pixels.shape[0] * 3).map { channel in
            pixels.scalars[channel * plane..<(channel + 1) * plane].reduce(0, +) / Float(plane)
        }
        return Tensor(shape: [pixels.shape[0], 3], scalars: scalars)
    }

    @Test func featuresThatTellTheClassesGetEverythingRight() throws {
        let evaluator = try TeacherEvaluator(
            bank: pictures(100), queries: pictures(70), classes: ["red", "green"], side: 8, on: Compute(threads: 2))
        #expect(try evaluator.top1(means) == 1)
        #expect(try evaluator.accuracy(means, stop: StopFlag()) == 1)
    }

    @Test func featuresThatTellNothingGetHalfRight() throws {
        let evaluator = try TeacherEvaluator(
            bank: pictures(100), queries: pictures(70), classes: ["red", "green"], side: 8, on: Compute(threads: 1))
        let constant = try evaluator.top1 {
            Tensor(shape: [$0.shape[0], 2], scalars: (0..<$0.shape[0]).flatMap { _ in [1, 0] })
        }
        #expect(constant == 0.5)
    }

    @Test func isLeftBetweenTwoBatchesWhenAskedToStop() throws {
        let evaluator = try TeacherEvaluator(
            bank: pictures(1000), queries: pictures(70), classes: ["red", "green"], side: 8, on: Compute(threads: 2))
        let stop = StopFlag()
        var seen = 0
        let error = #expect(throws: TrainingError.self) {
            try evaluator.accuracy(
                { pixels in
                    seen += pixels.shape[0]
                    stop.set()
                    return means(pixels)
                }, stop: stop)
        }
        #expect(error == .stopped)
        #expect(seen == 64, "the batch under way is the last")
    }

    @Test func aLimitKeepsTheClassesShares() throws {
        let evaluator = try TeacherEvaluator(
            bank: pictures(100, limit: 40), queries: pictures(70, limit: 10), classes: ["red", "green"], side: 8,
            on: Compute(threads: 1))
        var seen = 0
        let top1 = try evaluator.top1 { pixels in
            seen += pixels.shape[0]
            return means(pixels)
        }
        #expect(top1 == 1)
        #expect(seen == 50)
    }

    @Test func refusesABankSmallerThanItsNeighbours() throws {
        #expect(throws: EvaluationError.tooFewImages(bank: 10, least: 20)) {
            try TeacherEvaluator(
                bank: pictures(10), queries: pictures(10), classes: ["red", "green"], side: 8, on: Compute(threads: 1))
        }
    }

    @Test func saysWhenFeaturesAreNoNumbers() throws {
        let evaluator = try TeacherEvaluator(
            bank: pictures(30), queries: pictures(10), classes: ["red", "green"], side: 8, on: Compute(threads: 1))
        #expect(throws: EvaluationError.self) {
            try evaluator.top1 { Tensor(shape: [$0.shape[0], 1], scalars: (0..<$0.shape[0]).map { _ in .nan }) }
        }
    }
}
