import Foundation
import Tensors

/// The optimiser of a student: moments in flat blocks, one loop over all parameters.
final class Optimizer: Sendable {
    private let recipe: Recipe
    private let compute: Compute
    private let pieces: [Piece]
    /// First moments: momentum, for SGD and LARS.
    let first: ParameterBlock
    /// Second moments, which AdamW alone has.
    let second: ParameterBlock?

    /// A run of one tensor's floats, small enough to share the work.
    private struct Piece: Sendable {
        let entry: Int
        let range: Range<Int>
    }

    init(_ recipe: Recipe, layout: ParameterLayout, on compute: Compute) {
        self.recipe = recipe
        self.compute = compute
        first = ParameterBlock(layout)
        second = recipe.optimizer == .adamw ? ParameterBlock(layout) : nil
        pieces = layout.entries.enumerated().flatMap { index, entry in
            stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: 1 << 15).map {
                Piece(entry: index, range: $0..<min($0 + 1 << 15, entry.range.upperBound))
            }
        }
    }

    /// The norm of each tensor of `scale·x + decay·y` (x alone where there is no y), in the order of the layout.
    func norms(_ x: ParameterBlock, plus decayed: (block: ParameterBlock, plans: [UpdatePlan])? = nil) -> [Double] {
        let sums = compute.map(pieces.count) { [compute, pieces] index in
            let piece = pieces[index]
            guard let decayed else { return compute.sumOfSquares(x, piece.range) }
            let plan = decayed.plans[piece.entry]
            return compute.sumOfSquares(
                x, piece.range, scale: plan.gradientScale, plus: decayed.block, times: plan.decay)
        }
        var norms = [Double](repeating: 0, count: x.layout.entries.count)
        for (index, piece) in pieces.enumerated() { norms[piece.entry] += sums[index] }
        return norms.map { $0.squareRoot() }
    }

    /// One step from gradients whose norms are known: clips each tensor, then moves it.
    ///
    /// - Parameter steps: how often each tensor was updated, this step included; 0 leaves it as it is.
    func update(
        _ parameters: ParameterBlock, _ gradients: ParameterBlock, norms: [Double], rates: Rates, steps: [Int]
    ) {
        let entries = parameters.layout.entries
        var plans = entries.indices.map { plan(entries[$0], norm: norms[$0], rates: rates, step: steps[$0]) }
        if recipe.optimizer == .lars { trust(&plans, parameters, gradients) }
        compute.forEach(pieces.count) { [self, plans] index, _ in
            let piece = pieces[index]
            guard steps[piece.entry] > 0 else { return }
            if let second {
                compute.adamW(parameters, gradients, first, second, piece.range, plans[piece.entry])
            } else {
                compute.momentumSGD(parameters, gradients, first, piece.range, plans[piece.entry])
            }
        }
    }

    /// LARS as `utils.LARS` has it: the step of each matrix is eta·‖p‖/‖g + decay·p‖ as long.
    private func trust(_ plans: inout [UpdatePlan], _ parameters: ParameterBlock, _ gradients: ParameterBlock) {
        let lengths = norms(parameters), updates = norms(gradients, plus: (parameters, plans))
        for index in plans.indices where parameters.layout.entries[index].shape.count > 1 {
            guard lengths[index] > 0, updates[index] > 0 else { continue }
            let ratio = 0.001 * lengths[index] / updates[index]
            plans[index].gradientScale *= ratio
            plans[index].decay *= ratio
        }
    }

    private func plan(_ entry: ParameterLayout.Entry, norm: Double, rates: Rates, step: Int) -> UpdatePlan {
        let isRegularized = !entry.name.hasSuffix(".bias") && entry.shape.count > 1
        let factor = recipe.clipGrad / (norm + 1e-6)
        return UpdatePlan(
            learningRate: rates.learningRate, decay: isRegularized ? rates.weightDecay : 0,
            gradientScale: recipe.clipGrad > 0 && factor < 1 ? factor : 1, step: step)
    }
}
