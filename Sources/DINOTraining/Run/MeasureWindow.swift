/// Sums of what steps measured, for the means of a line.
struct MeasureWindow {
    private var count = 0
    private var loss = 0.0, entropy = 0.0, kl = 0.0, gradientNorm = 0.0
    private var images = 0, operations = 0.0, seconds = 0.0, waited = 0.0

    var isEmpty: Bool { count == 0 }

    /// Takes one step.
    mutating func add(_ measures: StepMeasures, images: Int, operations: Double, seconds: Double, waited: Double) {
        count += 1
        loss += measures.loss
        entropy += measures.teacherEntropy
        kl += measures.kl
        gradientNorm = max(gradientNorm, measures.gradientNorm)
        self.images += images
        self.operations += operations
        self.seconds += seconds
        self.waited += waited
    }

    /// The means, beside the rates of the last step.
    ///
    /// - Precondition: there was a step.
    func means(_ rates: Rates) -> LogLine.Steps {
        let steps = Double(count), time = max(seconds, 1e-9)
        return LogLine.Steps(
            loss: loss / steps, teacherEntropy: entropy / steps, kl: kl / steps, gradientNorm: gradientNorm,
            learningRate: rates.learningRate, weightDecay: rates.weightDecay, momentum: rates.momentum,
            teacherTemp: rates.teacherTemp, imagesPerSecond: Double(images) / time, gflops: operations / time / 1e9,
            dataWait: min(waited / time, 1))
    }
}
