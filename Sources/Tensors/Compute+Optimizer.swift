import CKernels

/// What one step does to one tensor.
public struct UpdatePlan: Sendable, Equatable {
    /// The learning rate.
    public var learningRate: Double
    /// Weight decay.
    public var decay: Double
    /// Multiplies the gradient first: the clipping factor.
    public var gradientScale: Double
    /// How often the tensor was updated, this step included.
    public var step: Int

    /// A plan from its parts.
    public init(learningRate: Double, decay: Double, gradientScale: Double, step: Int) {
        self.learningRate = learningRate
        self.decay = decay
        self.gradientScale = gradientScale
        self.step = step
    }
}

/// Loops over flat blocks. Each call handles one range on the calling thread.
extension Compute {
    /// One number for each of `0..<count`, computed on all threads.
    public func map(_ count: Int, _ body: @Sendable (Int) -> Double) -> [Double] {
        [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            nonisolated(unsafe) let start = buffer.baseAddress  // each task writes its own element
            forEach(count) { index, _ in start?.advanced(by: index).initialize(to: body(index)) }
            initialized = count
        }
    }

    /// Σ x², in double.
    public func sumOfSquares(_ x: ParameterBlock, _ range: Range<Int>) -> Double {
        kernels.pointee.sum_squares(x.memory.start + range.lowerBound, range.count)
    }

    /// Σ (scale·x + factor·y)², in double.
    public func sumOfSquares(
        _ x: ParameterBlock, _ range: Range<Int>, scale: Double, plus y: ParameterBlock, times factor: Double
    ) -> Double {
        let x = x.memory.start, y = y.memory.start
        return range.reduce(0) { sum, index in
            let value = scale * Double(x[index]) + factor * Double(y[index])
            return sum + value * value
        }
    }

    /// AdamW with betas 0.9 and 0.999 and eps 1e-8 (arXiv:1711.05101, as `torch.optim.AdamW` has it).
    public func adamW(
        _ parameters: ParameterBlock, _ gradients: ParameterBlock, _ first: ParameterBlock, _ second: ParameterBlock,
        _ range: Range<Int>, _ plan: UpdatePlan
    ) {
        let beta1 = 0.9, beta2 = 0.999
        let rates = dk_adamw(
            lr: Float(plan.learningRate), decay: Float(plan.decay), beta1: Float(beta1), beta2: Float(beta2),
            epsilon: 1e-8, share1: Float(1 - beta1), share2: Float(1 - beta2),
            correction1: Float(1 - Self.power(beta1, plan.step)),
            correction2: Float(1 - Self.power(beta2, plan.step)), gradient_scale: Float(plan.gradientScale))
        let offset = range.lowerBound
        kernels.pointee.adamw(
            parameters.memory.start + offset, gradients.memory.start + offset, first.memory.start + offset,
            second.memory.start + offset, range.count, rates)
    }

    /// SGD with momentum 0.9: m = 0.9·m + (scale·g + decay·p), p -= lr·m.
    public func momentumSGD(
        _ parameters: ParameterBlock, _ gradients: ParameterBlock, _ first: ParameterBlock, _ range: Range<Int>,
        _ plan: UpdatePlan
    ) {
        let p = parameters.memory.start, g = gradients.memory.start, m = first.memory.start
        let scale = Float(plan.gradientScale), decay = Float(plan.decay), rate = Float(plan.learningRate)
        for index in range {
            m[index] = 0.9 * m[index] + (scale * g[index] + decay * p[index])
            p[index] -= rate * m[index]
        }
    }

    /// teacher = momentum·teacher + (1 - momentum)·student.
    public func average(_ teacher: ParameterBlock, _ student: ParameterBlock, _ range: Range<Int>, momentum: Double) {
        kernels.pointee.average(
            teacher.memory.start + range.lowerBound, student.memory.start + range.lowerBound, range.count,
            Float(momentum))
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0, square = base, rest = max(exponent, 0)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
