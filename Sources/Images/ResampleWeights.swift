/// For each of a range of output coordinates, the input coordinates it averages and their fixed-point weights.
///
/// The arithmetic follows Pillow's resampling step by step, in double precision.
struct ResampleWeights {
    /// The fractional bits of a weight: 32 less 8 of the sample and 2 of headroom for weights beyond one.
    static let precisionBits = 32 - 8 - 2

    /// The input coordinates that any output needs.
    private(set) var inputs: Range<Int>
    /// The number of output coordinates.
    let outputs: Int
    /// Whether outputs are inputs, unchanged; the tables are empty then.
    let isIdentity: Bool
    /// The room for weights of one output, a multiple of 4.
    let stride: Int
    /// The first input coordinate of each output.
    private(set) var firsts: [Int32] = []
    /// The number of input coordinates of each output.
    private(set) var counts: [Int32] = []
    /// The weights, `(outputs, stride)`, the unused end of a row zero.
    private(set) var weights: [Int32] = []

    /// The weights that take `input` coordinates to `output` ones, of which only `window` is computed.
    ///
    /// - Parameters:
    ///   - part: the stretch of the input, whose coordinate `i` covers `i` to `i + 1`, that becomes the output; all of it
    ///     by default.
    ///   - alwaysTables: whether there are tables where outputs are inputs, too.
    init(
        from input: Int, part: Range<Double>? = nil, to output: Int, window: Range<Int>, filter: ResizeFilter,
        alwaysTables: Bool = false
    ) {
        let part = part ?? 0..<Double(input)
        let scale = (part.upperBound - part.lowerBound) / Double(output)
        let filterScale = max(scale, 1)
        let support = filter.support * filterScale
        inputs = window
        outputs = window.count
        isIdentity = !alwaysTables && scale == 1 && input == output
        stride = (Int(support.rounded(.up)) * 2 + 1 + 3) / 4 * 4
        guard !isIdentity else { return }
        firsts.reserveCapacity(outputs)
        counts.reserveCapacity(outputs)
        weights = [Int32](repeating: 0, count: outputs * stride)
        var row = [Double](repeating: 0, count: stride)
        var least = Int.max, most = 0
        for (output, coordinate) in window.enumerated() {
            let center = part.lowerBound + (Double(coordinate) + 0.5) * scale
            let first = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), input)
            for index in first..<end {
                row[index - first] = filter.weight(at: (Double(index) - center + 0.5) * (1 / filterScale))
            }
            write(row[..<(end - first)], to: output * stride)
            firsts.append(Int32(first))
            counts.append(Int32(end - first))
            (least, most) = (min(least, first), max(most, end))
        }
        inputs = min(least, most)..<most
    }

    /// Writes one output's weights, scaled to a sum of one and rounded half away from zero.
    private mutating func write(_ row: ArraySlice<Double>, to start: Int) {
        let sum = row.reduce(0, +)
        let unit = Double(1 << Self.precisionBits)
        for (index, weight) in row.enumerated() {
            let normalized = sum == 0 ? weight : weight / sum
            weights[start + index] = Int32(normalized < 0 ? -0.5 + normalized * unit : 0.5 + normalized * unit)
        }
    }

    /// The same weights over an input that begins with the first coordinate needed.
    func startingAtFirstInput() -> ResampleWeights {
        var shifted = self
        shifted.firsts = firsts.map { $0 - Int32(inputs.lowerBound) }
        shifted.inputs = 0..<inputs.count
        return shifted
    }

    /// The same weights for an input whose coordinates count from the other end, with the outputs from the other end too.
    func reversed(from input: Int) -> ResampleWeights {
        var reversed = self
        reversed.inputs = input - inputs.upperBound..<input - inputs.lowerBound
        for output in 0..<outputs {
            let mirror = outputs - 1 - output
            let count = Int(counts[mirror])
            reversed.firsts[output] = Int32(input) - firsts[mirror] - counts[mirror]
            reversed.counts[output] = counts[mirror]
            for index in 0..<stride {
                reversed.weights[output * stride + index] =
                    index < count ? weights[mirror * stride + count - 1 - index] : 0
            }
        }
        return reversed
    }
}
