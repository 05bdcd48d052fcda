/// For each of a range of output coordinates, the input coordinates it averages and their fixed-point weights.
///
/// The arithmetic follows Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` step by step, in double precision.
struct ResampleWeights {
    /// The fractional bits of a weight: 32 less 8 of the sample and 2 of headroom for weights beyond one.
    static let precisionBits = 32 - 8 - 2

    /// The first input coordinate of each output.
    private(set) var firsts: [Int32] = []
    /// The number of input coordinates of each output.
    private(set) var counts: [Int32] = []
    /// The weights, `(outputs, stride)`, the unused end of a row zero.
    private(set) var weights: [Int32] = []
    /// The room for weights of one output, a multiple of 4.
    let stride: Int

    /// The weights that take `input` coordinates to `output` ones, of which only `window` is computed.
    init(from input: Int, to output: Int, window: Range<Int>, filter: ResizeFilter) {
        let scale = Double(input) / Double(output)
        let filterScale = max(scale, 1)
        let support = filter.support * filterScale
        stride = (Int(support.rounded(.up)) * 2 + 1 + 3) / 4 * 4
        for coordinate in window {
            let center = (Double(coordinate) + 0.5) * scale
            let first = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), input)
            let row = (first..<end).map { filter.weight(at: (Double($0) - center + 0.5) * (1 / filterScale)) }
            append(row, first: first)
        }
    }

    /// Appends one output's weights, scaled to a sum of one and rounded half away from zero.
    private mutating func append(_ row: [Double], first: Int) {
        let sum = row.reduce(0, +)
        let unit = Double(1 << Self.precisionBits)
        for weight in row {
            let normalized = sum == 0 ? weight : weight / sum
            weights.append(Int32(normalized < 0 ? -0.5 + normalized * unit : 0.5 + normalized * unit))
        }
        weights.append(contentsOf: repeatElement(0, count: stride - row.count))
        firsts.append(Int32(first))
        counts.append(Int32(row.count))
    }

    /// The range of input coordinates that any output needs.
    var inputs: Range<Int> {
        guard let first = firsts.min(), let end = zip(firsts, counts).map({ $0 + $1 }).max() else { return 0..<0 }
        return Int(first)..<Int(end)
    }

    /// The same weights over an input that starts at `origin`.
    func shifted(by origin: Int) -> ResampleWeights {
        var shifted = self
        shifted.firsts = firsts.map { $0 - Int32(origin) }
        return shifted
    }
}
