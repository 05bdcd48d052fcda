import DINO
import Tensors

/// The positional embedding carried to a grid of another size, and its gradient carried back.
struct Positions: Sendable {
    /// Rows for CLS and the patches (N, D), from the learnt (1 + M², D): main_dino.py's bicubic with offset 0.1.
    static func rows(_ learnt: Tensor, grid: Int, trained: Int) -> Tensor {
        guard grid != trained else { return learnt }
        let d = learnt.shape[1], mix = matrix(grid: grid, trained: trained)
        let patches = Tensor(shape: [trained * trained, d], scalars: Array(learnt.scalars.dropFirst(d)))
        return Tensor(
            shape: [grid * grid + 1, d], scalars: learnt.scalars.prefix(d) + BLAS.product(mix, patches).scalars)
    }

    /// The gradient of the learnt rows (1 + M², D) from that of the carried ones (N, D): the transposed mixture.
    static func gradient(_ drows: Tensor, grid: Int, trained: Int) -> Tensor {
        guard grid != trained else { return drows }
        let d = drows.shape[1], mix = matrix(grid: grid, trained: trained)
        let patches = Tensor(shape: [grid * grid, d], scalars: Array(drows.scalars.dropFirst(d)))
        return Tensor(
            shape: [trained * trained + 1, d],
            scalars: drows.scalars.prefix(d) + BLAS.product(mix.transposed(), patches).scalars)
    }

    /// The mixture (grid², M²): the outer product of the two axes'.
    private static func matrix(grid: Int, trained: Int) -> Tensor {
        let axis = PositionInterpolation(offset: 0.1, antialias: false).weights(from: trained, to: grid)
        var mix = Tensor(zeros: [grid * grid, trained * trained])
        for row in 0..<grid * grid {
            for column in 0..<trained * trained {
                mix.scalars[row * trained * trained + column] =
                    axis.scalars[row / grid * trained + column / trained]
                    * axis.scalars[row % grid * trained + column % trained]
            }
        }
        return mix
    }
}

extension Tensor {
    /// The transpose of a matrix.
    fileprivate func transposed() -> Tensor {
        let rows = shape[0], columns = shape[1]
        var result = Tensor(zeros: [columns, rows])
        for row in 0..<rows {
            for column in 0..<columns { result.scalars[column * rows + row] = scalars[row * columns + column] }
        }
        return result
    }
}
