public import Tensors

/// How a learnt positional embedding is carried over to a grid of another size.
///
/// The references disagree, so the rule is part of a model (see `Manifest`).
public struct PositionInterpolation: Sendable, Equatable, Codable {
    /// Added to the new grid's side before the scale is computed: DINO and DINOv2 without registers use 0.1, and
    /// sample by the scale `(side + 0.1) / M` rather than by the grid they produce, which shifts every sample.
    public var offset: Double
    /// Whether the cubic's support grows with the scale when the grid shrinks.
    public var antialias: Bool

    /// A rule with the given knobs.
    public init(offset: Double, antialias: Bool) {
        self.offset = offset
        self.antialias = antialias
    }

    /// The matrix (target, source) of one axis: row `i` says how the `source` samples mix into sample `i`.
    ///
    /// Without antialias: PyTorch's `upsample_bicubic2d`, A = -0.75, indices clamped to the border.
    /// With antialias: `_upsample_bicubic2d_aa`, A = -0.5, weights normalised over the samples inside.
    public func weights(from source: Int, to target: Int) -> Tensor {
        var matrix = Tensor(zeros: [target, source])
        let scale = Double(source) / (Double(target) + offset)
        for row in 0..<target {
            let entries = antialias ? antialiased(row, scale, source) : plain(row, scale, source)
            for (column, weight) in entries { matrix.scalars[row * source + column] += Float(weight) }
        }
        return matrix
    }

    private func plain(_ row: Int, _ scale: Double, _ source: Int) -> [(Int, Double)] {
        let position = (Double(row) + 0.5) * scale - 0.5
        let floor = position.rounded(.down)
        return (-1...2).map { tap in
            let column = min(max(Int(floor) + tap, 0), source - 1)
            return (column, Self.cubic(floor + Double(tap) - position, a: -0.75))
        }
    }

    private func antialiased(_ row: Int, _ scale: Double, _ source: Int) -> [(Int, Double)] {
        let stretch = max(scale, 1), center = (Double(row) + 0.5) * scale
        let first = max(Int(center - 2 * stretch + 0.5), 0), last = min(Int(center + 2 * stretch + 0.5), source)
        let raw = (first..<max(last, first + 1)).map { column in
            (column, Self.cubic((Double(column) - center + 0.5) / stretch, a: -0.5))
        }
        let total = raw.reduce(0) { $0 + $1.1 }
        return raw.map { ($0.0, $0.1 / total) }
    }

    /// Keys' cubic convolution kernel.
    private static func cubic(_ x: Double, a: Double) -> Double {
        let x = abs(x)
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return 0
    }
}

/// A learnt positional embedding: one row for CLS and a square grid of rows for the patches.
struct PositionEmbedding: Sendable {
    /// The row of CLS (D), zeros where the model has none.
    let cls: [Float]
    /// The rows of the patches (M², D).
    private let patches: Tensor
    private let gridSize: Int
    private let rule: PositionInterpolation

    /// The embedding stored as (1, 1 + M², D) or (1, M², D).
    init(_ stored: Tensor, gridSize: Int, rule: PositionInterpolation) {
        let width = stored.shape[2], rows = stored.shape[1]
        let prefix = rows - gridSize * gridSize
        cls = prefix == 1 ? Array(stored.scalars.prefix(width)) : [Float](repeating: 0, count: width)
        patches = Tensor(shape: [gridSize * gridSize, width], scalars: Array(stored.scalars.dropFirst(prefix * width)))
        self.gridSize = gridSize
        self.rule = rule
    }

    /// The rows (height · width, D) for a grid of patches: as learnt on the trained grid, interpolated on any other.
    func rows(height: Int, width: Int) -> Tensor {
        if height == gridSize && width == gridSize { return patches }
        let d = patches.shape[1]
        let vertical = BLAS.product(
            rule.weights(from: gridSize, to: height),
            Tensor(shape: [gridSize, gridSize * d], scalars: patches.scalars))
        let horizontal = rule.weights(from: gridSize, to: width)
        var rows: [Float] = []
        rows.reserveCapacity(height * width * d)
        for row in 0..<height {
            let line = Array(vertical.scalars[row * gridSize * d..<(row + 1) * gridSize * d])
            rows += BLAS.product(horizontal, Tensor(shape: [gridSize, d], scalars: line)).scalars
        }
        return Tensor(shape: [height * width, d], scalars: rows)
    }
}
