public import DINO

/// What there is to tell of a training, beside its recipe.
public struct TrainingRecord: Sendable, Equatable {
    /// The images, in words: their folder's name and their number.
    public var data: String
    /// Steps done.
    public var steps: Int
    /// Images seen, each as often as it was.
    public var images: Int
    /// Hours it took.
    public var hours: Double
    /// The arithmetic's precision: `fp32` or `bf16`.
    public var precision: String
    /// Measured figures by name, for instance `k-NN (k 20, 64 px), CIFAR-10`: `55.1 %`.
    public var measured: [String: String]

    /// A record from its parts.
    public init(
        data: String, steps: Int, images: Int, hours: Double, precision: String, measured: [String: String] = [:]
    ) {
        self.data = data
        self.steps = steps
        self.images = images
        self.hours = hours
        self.precision = precision
        self.measured = measured
    }
}

extension Recipe {
    /// The manifest of the model that a training of this recipe makes: what its tensors cannot say, and where it comes
    /// from.
    ///
    /// A training's checkpoint carries it as JSON in its metadata, under `Manifest.metadataKey`; so `Model.load` and the
    /// server understand the checkpoint as it is.
    public func manifest(_ record: TrainingRecord) -> Manifest {
        let shape = architecture
        var manifest = Manifest()
        manifest.family = shape.family
        manifest.embedDim = shape.embedDim
        manifest.depth = shape.depth
        manifest.heads = shape.heads
        manifest.patch = shape.patchSize
        manifest.registers = shape.registers
        manifest.ffn = shape.feedForward
        manifest.trainSize = shape.trainSize
        manifest.layerNormEps = shape.layerNormEpsilon
        manifest.interpolateOffset = 0.1
        manifest.antialias = false
        manifest.provenance = [
            "method": "DINO (arXiv:2104.14294), dino-train; seed \(seed)",
            "data": record.data,
            "recipe": sentence,
            "steps": "\(record.steps)",
            "images_seen": "\(record.images)",
            "hours": "\((record.hours * 100).rounded() / 100)",
            "precision": record.precision,
        ]
        for (name, figure) in record.measured { manifest.provenance?["measured " + name] = figure }
        return manifest
    }

    /// The recipe in a sentence.
    var sentence: String {
        var parts = [
            "width \(network.embedDim), depth \(network.depth), \(network.heads) heads, patch \(network.patchSize), MLP ratio "
                + number(network.mlpRatio),
            "2 global crops of \(crops.globalSize) px (\(range(crops.globalScale)) of the area)"
                + (crops.localNumber > 0
                    ? " + \(crops.localNumber) local of \(crops.localSize) px (\(range(crops.localScale)))" : ""),
        ]
        if let early = crops.early {
            parts.append(
                "crops of \(early.globalSize) and \(early.localSize) px for the first \(number(early.until * 100)) %")
        }
        parts += [
            "K \(head.outDim), head \(head.hidden)-\(head.bottleneck)",
            "batch \(batch), " + (hours.map { "\(number($0)) hours" } ?? "\(number(epochs)) epochs"),
            "\(optimizer.rawValue), lr \(number(learningRate)) for 256 images to \(number(minLearningRate)), warm-up "
                + "\(number(warmupEpochs)) epochs, weight decay \(number(weightDecay)) to \(number(weightDecayEnd))",
            "teacher momentum \(number(momentumTeacher)) to 1, temperature \(number(teacherTemp)), drop path "
                + number(dropPathRate),
        ]
        return parts.joined(separator: "; ")
    }

    private func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : "\(value)"
    }

    private func range(_ scale: Crops.Scale) -> String { "\(number(scale.least)) to \(number(scale.largest))" }
}
