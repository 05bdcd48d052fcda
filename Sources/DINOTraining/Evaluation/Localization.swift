public import DINO
public import Foundation
import ImageFiles
import Images
import Tensors

/// Whether the box around what CLS attends to meets the labelled box.
///
/// The mask is `visualize_attention.py`'s: of a head, or of the mean of the heads, the patches that hold `mass` of the
/// last block's attention.
public enum Localization {
    /// What one way to make a box reaches.
    public struct Figure: Sendable, Codable, Equatable {
        /// The attention the mask is made from: the mean of the heads, one head, or for each image the best head.
        public let attention: String
        /// What the box surrounds: the mask, or its largest group of patches that touch.
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
    ///   - mass: the share of the attention that the mask holds.
    ///   - size: the side of an input in pixels, the model's own where nil.
    ///   - limit: the most images, evenly spread.
    ///   - threads: threads that decode.
    /// - Throws: `EvaluationError`, `FileError` for a folder without images, `ModelError`.
    public static func evaluate(
        _ model: Model, folder: URL, boxes: LabelledBoxes, mass: Float = 0.6, size: Int? = nil, limit: Int? = nil,
        threads: Int, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
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
        var tally = Tally(heads: model.architecture.heads)
        let skipped = try batches.forEach({ try Sample(chosen[$0], source, boxes) }, progress: progress) { samples, _ in
            try tally.add(samples, of: model, mass: mass)
        }
        return Report(
            images: tally.labelled.count, centered: tally.centered, figures: tally.figures, skipped: skipped)
    }

    /// A photograph on its way to the model.
    private struct Sample: Sendable {
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

    /// The overlaps of all images so far.
    private struct Tally {
        private let heads: Int
        private(set) var labelled: [Box] = []
        /// For each attention, the mean first, the overlaps of the largest group's box and of the whole mask's.
        private var groups, wholes: [[Double]]

        init(heads: Int) {
            self.heads = heads
            groups = [[Double]](repeating: [], count: heads + 1)
            wholes = groups
        }

        mutating func add(_ samples: [Sample], of model: Model, mass: Float) throws {
            let features = try model.transformer.forward(
                Tensor(stacking: samples.map(\.input)), outputs: .init(clsAttention: true))
            guard let attention = features.clsAttention else { return }
            let patches = attention.shape[2]
            for (image, sample) in samples.enumerated() {
                let rows = (0..<heads).map { head in
                    attention.scalars[(image * heads + head) * patches..<(image * heads + head + 1) * patches]
                }
                let mean = (0..<patches).map { patch in rows.reduce(0) { $0 + $1[$1.startIndex + patch] } / Float(heads)
                }
                labelled.append(sample.labelled)
                for (index, row) in ([mean[...]] + rows).enumerated() {
                    let mask = PatchMask(
                        keepingMass: mass, of: row, height: features.gridHeight, width: features.gridWidth)
                    groups[index].append(sample.placed(mask.largestComponent.box).iou(sample.labelled))
                    wholes[index].append(sample.placed(mask.box).iou(sample.labelled))
                }
            }
        }

        var figures: [Figure] {
            [("largest group", groups), ("whole mask", wholes)].flatMap { around, overlaps in
                let best = labelled.indices.map { image in overlaps.dropFirst().map { $0[image] }.max() ?? 0 }
                let names = ["mean of heads"] + (0..<heads).map { "head \($0)" } + ["best head of each image"]
                return zip(names, overlaps + [best]).map { Self.figure($0, around, $1) }
            }
        }

        var centered: Figure {
            let count = Double(max(labelled.count, 1))
            let width = labelled.reduce(0) { $0 + $1.width } / count
            let height = labelled.reduce(0) { $0 + $1.height } / count
            let middle = Box(
                left: 0.5 - width / 2, top: 0.5 - height / 2, right: 0.5 + width / 2, bottom: 0.5 + height / 2)
            return Self.figure("none", "centred box of the mean size", labelled.map(middle.iou))
        }

        private static func figure(_ attention: String, _ around: String, _ overlaps: [Double]) -> Figure {
            let count = Double(max(overlaps.count, 1))
            return Figure(
                attention: attention, around: around, corLoc: Double(overlaps.count { $0 >= 0.5 }) / count,
                meanIoU: overlaps.reduce(0, +) / count)
        }
    }
}
