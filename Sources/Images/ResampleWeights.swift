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
    init(from input: Int, to output: Int, window: Range<Int>, filter: ResizeFilter) {
        let scale = Double(input) / Double(output)
        let filterScale = max(scale, 1)
        let support = filter.support * filterScale
        inputs = window
        outputs = window.count
        isIdentity = input == output
        stride = (Int(support.rounded(.up)) * 2 + 1 + 3) / 4 * 4
        guard !isIdentity else { return }
        firsts.reserveCapacity(outputs)
        counts.reserveCapacity(outputs)
        weights = [Int32](repeating: 0, count: outputs * stride)
        var row = [Double](repeating: 0, count: stride)
        var least = Int.max, most = 0
        for (output, coordinate) in window.enumerated() {
            let center = (Double(coordinate) + 0.5) * scale
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
}
