import Foundation

/// Where a run is, how fast, and how well, for a line on the terminal.
public struct RunStatus: Sendable {
    /// Steps done.
    public var step: Int
    /// The steps of the whole run; nil where time bounds it.
    public var steps: Int?
    /// The share of the run that is done, 0 to 1.
    public var progress: Double
    /// The seconds of training that are left.
    public var secondsLeft: Double
    /// Recent means.
    public var means: LogLine.Steps
    /// ln K, the largest entropy an answer can have.
    public var maximumEntropy: Double
    /// The last evaluation of the teacher, 0 to 1.
    public var knn: Double?

    package init(
        step: Int, steps: Int?, progress: Double, secondsLeft: Double, means: LogLine.Steps, maximumEntropy: Double,
        knn: Double?
    ) {
        (self.step, self.steps, self.progress, self.secondsLeft) = (step, steps, progress, secondsLeft)
        (self.means, self.maximumEntropy, self.knn) = (means, maximumEntropy, knn)
    }

    /// The line, without a line feed.
    public var line: String {
        let width = 20, filled = min(Int(progress * Double(width)), width)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        let place = steps.map { "\(step)/\($0)" } ?? String(format: "%d, %.1f %%", step, 100 * progress)
        let speed = String(
            format: "%.1f img/s  %.0f GFLOP/s  wait %.1f %%", means.imagesPerSecond, means.gflops, 100 * means.dataWait)
        let learning = String(
            format: "loss %.3f  entropy %.2f/%.2f  KL %.3f", means.loss, means.teacherEntropy, maximumEntropy, means.kl)
        let accuracy = knn.map { String(format: "  k-NN %.1f %%", 100 * $0) } ?? ""
        return "[\(bar)] \(place)  \(speed)  \(learning)\(accuracy)  \(Self.duration(secondsLeft)) left"
    }

    /// A duration in the two largest units that it has.
    public static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e9).rounded(.up))
        if whole >= 86_400 { return "\(whole / 86_400) d \(whole / 3600 % 24) h" }
        if whole >= 3600 { return "\(whole / 3600) h \(whole / 60 % 60) min" }
        return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : "\(whole) s"
    }
}
