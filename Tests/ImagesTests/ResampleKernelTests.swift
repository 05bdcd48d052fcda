import CImageCodecs
import TestSupport
import Testing

/// The vectorised passes against the portable ones, on weights of any value.
@Suite struct ResampleKernelTests {
    @Test func bothHorizontalPassesAgree() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<100 {
            let (width, rows) = (Int.random(in: 1...50, using: &random), Int.random(in: 1...20, using: &random))
            let table = Table(inputs: width, outputs: .random(in: 1...20, using: &random), using: &random)
            let input = random.bytes(width * rows * 3)
            var (fast, plain) = ([UInt8](repeating: 0, count: rows * table.outputs * 3), [UInt8]())
            plain = fast
            table.lend { CICResampleHorizontally(input, width, rows, $0, &fast) }
            table.lend { CICResampleHorizontallyPortable(input, width, rows, $0, &plain) }
            #expect(fast == plain, "\(width) to \(table.outputs) in \(rows) rows")
        }
    }

    @Test func bothVerticalPassesAgree() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<100 {
            let (rowBytes, rows) = (Int.random(in: 1...150, using: &random), Int.random(in: 1...30, using: &random))
            let table = Table(inputs: rows, outputs: .random(in: 1...20, using: &random), using: &random)
            let input = random.bytes(rowBytes * rows)
            var (fast, plain) = ([UInt8](repeating: 0, count: rowBytes * table.outputs), [UInt8]())
            plain = fast
            table.lend { CICResampleVertically(input, rowBytes, $0, &fast) }
            table.lend { CICResampleVerticallyPortable(input, rowBytes, $0, &plain) }
            #expect(fast == plain, "\(rows) rows of \(rowBytes) bytes to \(table.outputs)")
        }
    }

    /// Random runs of input coordinates with random weights whose sum stays within the fixed point.
    private struct Table {
        let outputs: Int
        private var firsts: [Int32] = []
        private var counts: [Int32] = []
        private var weights: [Int32] = []
        private let stride: Int

        init(inputs: Int, outputs: Int, using random: inout SeededGenerator) {
            self.outputs = outputs
            stride = (inputs + 3) / 4 * 4
            for _ in 0..<outputs {
                let first = Int.random(in: 0..<inputs, using: &random)
                let count = Int.random(in: 1...inputs - first, using: &random)
                let bound = Int32(2 << 22) / Int32(count)
                firsts.append(Int32(first))
                counts.append(Int32(count))
                weights += (0..<stride).map { $0 < count ? .random(in: -bound...bound, using: &random) : 0 }
            }
        }

        func lend(_ body: (CICResampleWeights) -> Void) {
            firsts.withUnsafeBufferPointer { firsts in
                counts.withUnsafeBufferPointer { counts in
                    weights.withUnsafeBufferPointer { weights in
                        guard let first = firsts.baseAddress, let count = counts.baseAddress,
                            let weight = weights.baseAddress
                        else { return }
                        body(.init(firsts: first, counts: count, weights: weight, stride: stride, outputs: outputs))
                    }
                }
            }
        }
    }
}
