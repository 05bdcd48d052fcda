public import DINO
public import Foundation
import ImageFiles
import Images
import Tensors

/// Whether the box around what a model sees as the object meets the labelled box.
public enum Localization {
    /// Where masks come from.
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// `visualize_attention.py`'s rule: of a head, or of the mean of the heads, the patches that hold `mass` of the last
        /// block's attention.
        case attention
        /// The object that a normalised cut through the patch features finds.
        case ncut
    }

    /// What one way to make a box reaches.
    public struct Figure: Sendable, Codable, Equatable {
        /// The attention the mask is made from: the mean of the heads, one head, or for each image the best head; or that it
        /// is made from the patch features.
        public let attention: String
        /// What the box surrounds: the mask, or its largest group of patches or pixels that touch.
        public let around: String
        /// The share of images whose box meets the labelled one with an IoU of 0.5 or more.
        public let corLoc: Double
        /// The mean IoU.
        public let meanIoU: Double

        private enum CodingKeys: String, CodingKey {
            case attention, around
            case corLoc = "corloc"
            case meanIoU = "mean_iou"
        }
    }

    /// The figures of a model.
    public struct Report: Sendable, Codable, Equatable {
        /// Images with a box.
        public let images: Int
        /// The trivial answer: in every image the box in the middle that has the labelled boxes' mean size.
        public let centered: Figure
        /// The model's.
        public let figures: [Figure]
        /// What could not be decoded.
        public let skipped: [FeatureSet.Skipped]
    }

    /// The figures of a model on the photographs of a folder that have a labelled box.
    ///
    /// - Parameters:
    ///   - method: where the masks come from.
    ///   - mass: the share of the attention that the mask holds.
    ///   - size: the side of an input in pixels, the model's own where nil.
    ///   - limit: the most images, evenly spread.
    ///   - threads: threads that decode.
    /// - Throws: `EvaluationError`, `FileError` for a folder without images, `ModelError`.
    public static func evaluate(
        _ model: Model, folder: URL, boxes: LabelledBoxes, method: Method = .attention, mass: Float = 0.6,
        size: Int? = nil,
        limit: Int? = nil, threads: Int, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Report {
        guard mass > 0, mass < 1 else { throw EvaluationError.setting("--mass is \(mass), expected between 0 and 1") }
        let source = try ModelFeatures(model, size: size)
        let photographs = try Photographs.find(folder)
        let found = photographs.photographs.filter { boxes.box(of: $0.name) != nil }
        guard !found.isEmpty else {
            throw EvaluationError.boxes(
                file: boxes.file, reason: "none of its \(boxes.count) boxes belongs to an image in \(folder.path)")
        }
        let chosen = LabelledPhotographs.spread(found.count, limit: limit).map { found[$0] }
        let batches = DecodedBatches(
            photographs: chosen, folder: folder.path,
            unreadable: photographs.unreadable.map { .init(name: $0.name, reason: $0.reason) }, threads: threads)
        var tally = Tally(method, heads: model.architecture.heads)
        let skipped = try batches.forEach({ try Sample(chosen[$0], source, boxes) }, progress: progress) { samples, _ in
            try tally.add(samples, of: model, mass: mass)
        }
        return Report(
            images: tally.labelled.count, centered: tally.centered, figures: tally.figures, skipped: skipped)
    }

    /// A photograph on its way to the model.
    struct Sample: Sendable {
        let input: Tensor
        /// The labelled box, in shares of the photograph.
        let labelled: Box
        /// The part of the photograph that the input shows.
        let coverage: (x: Range<Double>, y: Range<Double>)

        init(_ photograph: Photograph, _ source: ModelFeatures, _ boxes: LabelledBoxes) throws {
            let image = try ImageDecoder.decode(photograph.bytes())
            let pixels = boxes.box(of: photograph.name) ?? Box(left: 0, top: 0, right: 0, bottom: 0)
            let width = Double(image.width), height = Double(image.height)
            labelled = Box(
                left: pixels.left / width, top: pixels.top / height, right: pixels.right / width,
                bottom: pixels.bottom / height)
            coverage = source.model.preprocessing.coverage(width: image.width, height: image.height, side: source.side)
            input = source.input(image)
        }

        /// A box in shares of the input as one in shares of the photograph.
        func placed(_ box: Box) -> Box {
            func x(_ share: Double) -> Double {
                coverage.x.lowerBound + share * (coverage.x.upperBound - coverage.x.lowerBound)
            }
            func y(_ share: Double) -> Double {
                coverage.y.lowerBound + share * (coverage.y.upperBound - coverage.y.lowerBound)
            }
            return Box(left: x(box.left), top: y(box.top), right: x(box.right), bottom: y(box.bottom))
        }
    }
}
