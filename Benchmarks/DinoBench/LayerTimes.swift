import DINO
import Tensors

/// The layers of a forward pass for one image, timed one kind after the other, with random weights.
///
/// Each kind runs as often as the network has blocks, over weights of its own as there, split over all threads.
struct LayerTimes {
    private let compute: Compute
    private let shape: Architecture
    private let precision: Precision
    private let tokens: Int

    /// The layers of a model at a side in pixels.
    init(_ model: Model, side: Int, threads: Int) throws {
        compute = try Compute(threads: threads)
        shape = model.architecture
        precision = model.precision
        let grid = side / shape.patchSize
        tokens = grid * grid + shape.prefixTokens
    }

    /// Milliseconds of each kind, medians.
    func milliseconds(runs: Int) -> [(name: String, time: Double)] {
        let d = shape.embedDim, hidden = shape.hiddenDim, patch = 3 * shape.patchSize * shape.patchSize
        let embedding = precision == .int8 ? compute.besideInt8 : precision
        return [
            ("patch embedding", linear(d, patch, embedding, count: 1, { .store }, runs)),
            ("queries, keys, values", linear(3 * d, d, precision, count: shape.depth, { .store }, runs)),
            ("attention", attention(runs)),
            ("projection", linear(d, d, precision, count: shape.depth, { .add(gamma: nil) }, runs)),
            ("feed-forward, in and GELU", linear(hidden, d, precision, count: shape.depth, { .gelu }, runs)),
            ("feed-forward, out", linear(d, hidden, precision, count: shape.depth, { .add(gamma: nil) }, runs)),
            ("layer norms", norms(runs)),
        ]
    }

    private func linear(
        _ outputs: Int, _ inputs: Int, _ precision: Precision, count: Int,
        _ epilogue: @escaping @Sendable () -> Epilogue, _ runs: Int
    ) -> Double {
        let layers = (0..<count).map { _ in
            PackedLinear(
                outputs: outputs, inputs: inputs, bias: vector(outputs, 0), precision: precision, on: compute
            ) { Self.fill($0) }
        }
        let x = matrix(inputs), y = matrix(outputs)
        return medianMilliseconds(runs: runs) {
            for layer in layers {
                forEachRun { compute.linear(x.rows($0), layer, into: y.rows($0), epilogue()) }
            }
        }
    }

    private func attention(_ runs: Int) -> Double {
        let qkv = matrix(3 * shape.embedDim), out = matrix(shape.embedDim), scratch = AttentionScratch()
        let attention = AttentionShape(
            images: 1, tokens: tokens, heads: shape.heads, queries: tokens, precision: precision)
        return medianMilliseconds(runs: runs) {
            for _ in 0..<shape.depth { compute.attention(qkv, attention, into: out, scratch: scratch) }
        }
    }

    private func norms(_ runs: Int) -> Double {
        let x = matrix(shape.embedDim), y = matrix(shape.embedDim)
        let norm = LayerNorm(
            weight: vector(shape.embedDim, 1), bias: vector(shape.embedDim, 0), epsilon: shape.layerNormEpsilon)
        return medianMilliseconds(runs: runs) {
            for _ in 0..<2 * shape.depth { forEachRun { compute.layerNorm(x.rows($0), norm, into: y.rows($0)) } }
        }
    }

    private func forEachRun(_ body: @Sendable (Range<Int>) -> Void) {
        let threads = compute.threads
        compute.forEach(threads) { run, _ in body(run * tokens / threads..<(run + 1) * tokens / threads) }
    }

    private func matrix(_ columns: Int) -> Matrix {
        let matrix = Matrix(columns: columns)
        matrix.resize(rows: tokens)
        matrix.write(Tensor.noise([tokens, columns], in: -1...1), rows: 0..<tokens, to: 0)
        return matrix
    }

    private func vector(_ count: Int, _ value: Float) -> Parameter {
        Parameter(count: count) { $0.initialize(repeating: value) }
    }

    private static func fill(_ weights: UnsafeMutableBufferPointer<Float>) {
        for index in weights.indices { weights[index] = Float(index % 61 - 30) / 1000 }
    }
}
