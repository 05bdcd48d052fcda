/// One line of a run's `log.jsonl`: what some steps measured on average, an evaluation, or a warning.
public struct LogLine: Codable, Sendable, Equatable {
    /// The means over the steps since the last line.
    public struct Steps: Codable, Sendable, Equatable {
        /// The loss, the teacher's mean entropy and the divergence between student and teacher, in nats.
        public var loss, teacherEntropy, kl: Double
        /// The largest norm of a tensor's gradient.
        public var gradientNorm: Double
        /// The rates of the last of the steps.
        public var learningRate, weightDecay, momentum, teacherTemp: Double
        /// Images a second, 10⁹ floating-point operations a second, and the share of time that waited for crops.
        public var imagesPerSecond, gflops, dataWait: Double

        package init(
            loss: Double, teacherEntropy: Double, kl: Double, gradientNorm: Double, learningRate: Double,
            weightDecay: Double, momentum: Double, teacherTemp: Double, imagesPerSecond: Double, gflops: Double,
            dataWait: Double
        ) {
            (self.loss, self.teacherEntropy, self.kl, self.gradientNorm) = (loss, teacherEntropy, kl, gradientNorm)
            (self.learningRate, self.weightDecay) = (learningRate, weightDecay)
            (self.momentum, self.teacherTemp) = (momentum, teacherTemp)
            (self.imagesPerSecond, self.gflops, self.dataWait) = (imagesPerSecond, gflops, dataWait)
        }

        enum CodingKeys: String, CodingKey {
            case loss, kl, momentum, gflops
            case teacherEntropy = "teacher_entropy"
            case gradientNorm = "gradient_norm"
            case learningRate = "lr"
            case weightDecay = "weight_decay"
            case teacherTemp = "teacher_temp"
            case imagesPerSecond = "images_per_second"
            case dataWait = "data_wait"
        }
    }

    /// Steps done.
    public var step: Int
    /// Passes over the images done.
    public var epoch: Double
    /// The share of the run that is done, 0 to 1.
    public var progress: Double
    /// Images seen.
    public var images: Int
    /// Seconds of training.
    public var seconds: Double
    /// Seconds since 1970.
    public var time: Double
    /// What steps measured.
    public var steps: Steps?
    /// The share of held-out images, 0 to 1, that 20 nearest neighbours classify rightly by the teacher's features.
    public var knn: Double?
    /// What the collapse guard said.
    public var warning: String?

    enum CodingKeys: String, CodingKey {
        case step, epoch, progress, images, seconds, time, knn, warning
    }

    package init(step: Int, epoch: Double, progress: Double, images: Int, seconds: Double, time: Double) {
        self.step = step
        self.epoch = epoch
        self.progress = progress
        self.images = images
        self.seconds = seconds
        self.time = time
    }

    /// The line in a flat JSON object.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        step = try values.decode(Int.self, forKey: .step)
        epoch = try values.decode(Double.self, forKey: .epoch)
        progress = try values.decode(Double.self, forKey: .progress)
        images = try values.decode(Int.self, forKey: .images)
        seconds = try values.decode(Double.self, forKey: .seconds)
        time = try values.decode(Double.self, forKey: .time)
        knn = try values.decodeIfPresent(Double.self, forKey: .knn)
        warning = try values.decodeIfPresent(String.self, forKey: .warning)
        let isOfSteps = try decoder.container(keyedBy: Steps.CodingKeys.self).contains(.loss)
        steps = isOfSteps ? try Steps(from: decoder) : nil
    }

    /// Writes a flat JSON object.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(step, forKey: .step)
        try values.encode(epoch, forKey: .epoch)
        try values.encode(progress, forKey: .progress)
        try values.encode(images, forKey: .images)
        try values.encode(seconds, forKey: .seconds)
        try values.encode(time, forKey: .time)
        try values.encodeIfPresent(knn, forKey: .knn)
        try values.encodeIfPresent(warning, forKey: .warning)
        try steps?.encode(to: encoder)
    }
}
