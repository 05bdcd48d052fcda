import DINO
import Tensors

extension Localization {
    /// The overlaps of all images so far.
    struct Tally {
        private let method: Method
        private(set) var labelled: [Box] = []
        /// Every way to make a box, in the order it is told.
        private var ways: [Way]

        private struct Way {
            let attention, around: String
            /// Of each image's box with the labelled one.
            var overlaps: [Double] = []
        }

        init(_ method: Method, heads: Int) {
            self.method = method
            switch method {
            case .attention:
                let names = ["mean of heads"] + (0..<heads).map { "head \($0)" }
                ways = [largestGroup, wholeMask].flatMap { around in names.map { Way(attention: $0, around: around) } }
            case .ncut:
                let names = ["none: cut patches", "none: cut, refined to pixels"]
                ways = [largestGroup, wholeMask].flatMap { around in names.map { Way(attention: $0, around: around) } }
            }
        }

        /// Adds a batch; what the model gives for it is computed here.
        mutating func add(_ samples: [Sample], of model: Model, mass: Float) throws {
            let input = Tensor(stacking: samples.map(\.input))
            let outputs = FeatureOutputs(patches: method == .ncut, clsAttention: method == .attention)
            let features = try model.transformer.forward(input, outputs: outputs)
            for (image, sample) in samples.enumerated() {
                let masks =
                    switch method {
                    case .attention: Self.attentionMasks(features, image, mass: mass)
                    case .ncut: try Self.cutMasks(features, image, input: sample.input)
                    }
                labelled.append(sample.labelled)
                for (way, mask) in masks.enumerated() {
                    ways[way].overlaps.append(sample.placed(Box(around: mask)).iou(sample.labelled))
                }
            }
        }

        private static func attentionMasks(_ features: Features, _ image: Int, mass: Float) -> [Mask] {
            guard let attention = features.clsAttention else { return [] }
            let maps = AttentionMaps(
                attention.image(image), gridHeight: features.gridHeight, gridWidth: features.gridWidth)
            let masks = ([.mean] + maps.everyHead).map { maps.mask($0, keepingMass: mass) }
            return masks.map(\.largestComponent) + masks
        }

        private static func cutMasks(_ features: Features, _ image: Int, input: Tensor) throws -> [Mask] {
            guard let patches = features.patches else { return [] }
            let cut = try NormalizedCut(
                patches.image(image), gridHeight: features.gridHeight, gridWidth: features.gridWidth)
            let masks = [cut.object, cut.refinedObject(along: input)]
            return masks.map(\.largestComponent) + masks
        }

        /// The figures of every way, and for attention those of each image's best head.
        var figures: [Figure] {
            let figures = ways.map { Localization.figure($0.attention, $0.around, $0.overlaps) }
            guard method == .attention else { return figures }
            return [largestGroup, wholeMask].flatMap { around in
                let heads = ways.filter { $0.around == around }.dropFirst()
                let best = labelled.indices.map { image in heads.map { $0.overlaps[image] }.max() ?? 0 }
                return figures.filter { $0.around == around }
                    + [Localization.figure("best head of each image", around, best)]
            }
        }

        var centered: Figure {
            let count = Double(max(labelled.count, 1))
            let width = labelled.reduce(0) { $0 + $1.width } / count
            let height = labelled.reduce(0) { $0 + $1.height } / count
            let middle = Box(
                left: 0.5 - width / 2, top: 0.5 - height / 2, right: 0.5 + width / 2, bottom: 0.5 + height / 2)
            return Localization.figure("none", "centred box of the mean size", labelled.map(middle.iou))
        }
    }

    private static let largestGroup = "largest group", wholeMask = "whole mask"

    private static func figure(_ attention: String, _ around: String, _ overlaps: [Double]) -> Figure {
        let count = Double(max(overlaps.count, 1))
        return Figure(
            attention: attention, around: around, corLoc: Double(overlaps.count { $0 >= 0.5 }) / count,
            meanIoU: overlaps.reduce(0, +) / count)
    }
}

extension Tensor {
    /// What a batch `(B, …)` has for one image.
    fileprivate func image(_ index: Int) -> Tensor {
        let length = count / shape[0]
        return Tensor(shape: Array(shape.dropFirst()), scalars: Array(scalars[index * length..<(index + 1) * length]))
    }
}
