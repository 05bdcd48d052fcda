import DINOTraining
import Foundation
import Testing

@Suite struct RunReportTests {
    private func report(_ source: String = "photos", ending: RunEnding? = nil) -> RunReport {
        var record = RunRecord(dataset: .init(source: source, images: 1_234_567), precision: .fp32)
        record.evaluations = [.init(step: 10, images: 1280, seconds: 60, knn: 0.345)]
        var line = LogLine(step: 10, epoch: 0.1, progress: 0.1, images: 1280, seconds: 60, time: 1e9)
        line.steps = .init(
            loss: 7, teacherEntropy: 6.5, kl: 0.5, gradientNorm: 3, learningRate: 1e-5, weightDecay: 0.04,
            momentum: 0.996,
            teacherTemp: 0.04, imagesPerSecond: 90, gflops: 400, dataWait: 0.004)
        return RunReport(recipe: .small, record: record, progress: 0.1, lines: [line], ending: ending)
    }

    @Test func needsNothingFromElsewhere() {
        let html = report().html.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
        for part in ["<script", "http:", "https:", "src=", "@import", "url("] {
            #expect(!html.contains(part), "\(part)")
        }
    }

    @Test func showsEveryCurveWithItsUnit() {
        let html = report().html
        for title in [
            "Loss", "Entropy of the teacher's answers", "Divergence of the student from the teacher", "Learning rate",
            "Weight decay", "Momentum of the teacher", "Speed", "Waiting for crops",
            "Nearest neighbours by the teacher's features",
        ] {
            #expect(html.contains("aria-label=\"\(title)\""), "\(title)")
        }
        #expect(html.contains("ln K = 7.62"))
        #expect(html.contains("cross-entropy (nats)") && html.contains("right answers, k = 20 (%)"))
        #expect(html.contains("1,234,567 photographs"))
        #expect(html.contains("K = 2,048 prototypes"))
    }

    @Test func isLoadedAgainOnlyWhileTheRunGoesOn() {
        #expect(report().html.contains("http-equiv=\"refresh\""))
        #expect(!report(ending: .finished).html.contains("http-equiv=\"refresh\""))
        #expect(report(ending: .stopped).html.contains("stopped at 10.0 %"))
    }

    @Test func namesFromOutsideAreText() {
        let html = report("<script>alert(\"x\")</script>&").html
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;"))
    }
}
