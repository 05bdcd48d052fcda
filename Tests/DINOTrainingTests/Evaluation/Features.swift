import DINOTraining
import Tensors
import TestSupport

extension FeatureSet {
    /// Random rows of length 1 in random classes, the same for a seed.
    static func random(_ count: Int, width: Int, classes: Int, seed: UInt64) -> FeatureSet {
        var generator = SeededGenerator(seed: seed)
        let scalars = (0..<count * width).map { _ in Float.random(in: -1...1, using: &generator) }
        let labels = (0..<count).map { _ in Int.random(in: 0..<classes, using: &generator) }
        return FeatureSet(rows: scalars, width: width, labels: labels, classes: classes)
    }

    /// Rows, which get length 1, and their classes.
    init(rows: [Float], width: Int, labels: [Int], classes: Int) {
        self.init(
            features: Tensor(shape: [labels.count, width], scalars: rows).unitRows, labels: labels,
            classes: (0..<classes).map { "class \($0)" })
    }

    func row(_ index: Int) -> ArraySlice<Float> { features.scalars[index * width..<(index + 1) * width] }
}

extension Tensor {
    /// The rows divided by their lengths.
    var unitRows: Tensor {
        let width = shape[1]
        let rows = (0..<shape[0]).flatMap { row in
            let values = self.scalars[row * width..<(row + 1) * width]
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return values.map { $0 / length }
        }
        return Tensor(shape: shape, scalars: rows)
    }
}
