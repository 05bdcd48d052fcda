import Foundation
import Images

extension RGBImage {
    /// The specification of `resized(width:height:filter:)`: every output sample by its definition, one at a time.
    func resizedBySpecification(width newWidth: Int, height newHeight: Int, filter: ResizeFilter) -> RGBImage {
        let columnsFirst = newHeight >= height || height - newHeight <= 2 * (width - newWidth)
        return columnsFirst
            ? resampledRows(to: newWidth, filter).resampledColumns(to: newHeight, filter)
            : resampledColumns(to: newHeight, filter).resampledRows(to: newWidth, filter)
    }

    private func resampledColumns(to newHeight: Int, _ filter: ResizeFilter) -> RGBImage {
        exchanged().resampledRows(to: newHeight, filter).exchanged()
    }

    private func resampledRows(to newWidth: Int, _ filter: ResizeFilter) -> RGBImage {
        var output: [UInt8] = []
        for y in 0..<height {
            for x in 0..<newWidth {
                for channel in 0..<3 {
                    let row = (0..<width).map { Int(pixels[(y * width + $0) * 3 + channel]) }
                    output.append(Self.sample(row, at: x, of: newWidth, filter))
                }
            }
        }
        return RGBImage(width: newWidth, height: height, pixels: output)
    }

    private static func sample(_ row: [Int], at x: Int, of count: Int, _ filter: ResizeFilter) -> UInt8 {
        let scale = Double(row.count) / Double(count)
        let stretch = max(scale, 1)
        let support = stretch * (filter == .bicubic ? 2 : 1)
        let center = (Double(x) + 0.5) * scale
        let first = max(0, Int(center - support + 0.5))
        let end = min(row.count, Int(center + support + 0.5))
        let weights = (first..<end).map { kernel((Double($0) - center + 0.5) * (1 / stretch), filter) }
        let total = weights.reduce(0, +)
        var sum = 1 << 21
        for (position, weight) in zip(first..<end, weights) {
            sum += row[position] * Int((weight / total * Double(1 << 22)).rounded(.toNearestOrAwayFromZero))
        }
        return UInt8(clamping: sum >> 22)
    }

    private static func kernel(_ x: Double, _ filter: ResizeFilter) -> Double {
        let x = abs(x)
        if filter == .bilinear { return max(0, 1 - x) }
        if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
    }

    /// The picture with rows and columns exchanged.
    private func exchanged() -> RGBImage {
        var output: [UInt8] = []
        for x in 0..<width {
            for y in 0..<height { output += pixels[(y * width + x) * 3..<(y * width + x) * 3 + 3] }
        }
        return RGBImage(width: height, height: width, pixels: output)
    }
}
