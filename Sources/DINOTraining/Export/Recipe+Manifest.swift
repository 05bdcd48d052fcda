public import DINO
import Foundation
public import Tensors

extension Recipe {
    /// The manifest of the model that a training of this recipe has made so far: what its tensors cannot say, and where
    /// it comes from.
    ///
    /// A training's checkpoint carries it as JSON in its metadata, under `Manifest.metadataKey`: so `Model.load`, and with
    /// it the server, understands the checkpoint as it is.
    public func manifest(_ record: RunRecord, precision: Precision) -> Manifest {
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
        manifest.provenance = provenance(record, precision)
        return manifest
    }

    private func provenance(_ record: RunRecord, _ precision: Precision) -> [String: String] {
        let folder = URL(fileURLWithPath: record.dataset.source).lastPathComponent
        var provenance = [
            "method": "DINO (arXiv:2104.14294) by dino-train, without labels",
            "data": "\(folder), \(record.dataset.images) images",
            "recipe": sentence,
            "steps": "\(record.step)",
            "images_seen": "\(record.images)",
            "hours": String(format: "%.2f", record.seconds / 3600),
            "precision": precision.rawValue,
        ]
        if let last = record.evaluations.last {
            provenance["measured k-NN"] = String(
                format: "%.2f %% (k 20, the run's held-out images, after %d steps)", 100 * last.knn, last.step)
        }
        return provenance
    }

    /// The recipe in a sentence.
    var sentence: String {
        var parts = [
            "width \(network.embedDim), depth \(network.depth), \(network.heads) heads, patch \(network.patchSize), MLP "
                + "ratio \(network.mlpRatio.plain)",
            "2 global crops of \(crops.globalSize) px (\(range(crops.globalScale)) of the area)"
                + (crops.localNumber > 0
                    ? " + \(crops.localNumber) local of \(crops.localSize) px (\(range(crops.localScale)))" : ""),
        ]
        if let early = crops.early {
            parts.append(
                "crops of \(early.globalSize) and \(early.localSize) px for the first \((100 * early.until).plain) %")
        }
        parts += [
            "K \(head.outDim), head \(head.hidden) to \(head.bottleneck)",
            "batch \(batch), " + (hours.map { "\($0.plain) hours" } ?? "\(epochs.plain) epochs"),
            "\(optimizer.rawValue), lr \(learningRate.plain) for 256 images to \(minLearningRate.plain), warm-up "
                + "\(warmupEpochs.plain) epochs, weight decay \(weightDecay.plain) to \(weightDecayEnd.plain)",
            "teacher momentum \(momentumTeacher.plain) to \(momentumTeacherEnd.plain), temperature \(teacherTemp.plain), drop path "
                + "\(dropPathRate.plain)",
            "seed \(seed)",
        ]
        return parts.joined(separator: "; ")
    }

    private func range(_ scale: Crops.Scale) -> String { "\(scale.least.plain) to \(scale.largest.plain)" }
}
