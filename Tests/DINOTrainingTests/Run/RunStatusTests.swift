import DINOTraining
import Testing

@Suite struct RunStatusTests {
    @Test func aLineSaysHowFarHowFastAndHowWell() {
        let means = LogLine.Steps(
            loss: 7.1234, teacherEntropy: 6.9, kl: 0.2234, gradientNorm: 1, learningRate: 0, weightDecay: 0,
            momentum: 1,
            teacherTemp: 0.04, imagesPerSecond: 87.25, gflops: 412.4, dataWait: 0.004)
        var status = RunStatus(
            step: 1234, steps: 5000, progress: 0.25, secondsLeft: 4321, means: means, maximumEntropy: 7.62, knn: 0.345)
        #expect(
            status.line
                == "[#####...............] 1234/5000  87.2 img/s  412 GFLOP/s  wait 0.4 %  loss 7.123  entropy 6.90/7.62  "
                + "KL 0.223  k-NN 34.5 %  1 h 12 min left")
        status.steps = nil
        #expect(status.line.contains("1234, 25.0 %"))
    }

    @Test(arguments: [(0.2, "1 s"), (61, "1 min 1 s"), (7260, "2 h 1 min"), (200_000, "2 d 7 h"), (-1, "0 s")])
    func durationsHaveTwoUnits(_ seconds: Double, _ text: String) {
        #expect(RunStatus.duration(seconds) == text)
    }
}
