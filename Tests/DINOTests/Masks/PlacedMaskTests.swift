import DINO
import Testing

/// What is told of patches is what is true of the pixels.
@Suite struct PlacedMaskTests {
    private struct Placing: Sendable, CustomTestStringConvertible {
        let mask: Mask
        let columns, rows: [Int]
        let width, height: Int
        var placed: PlacedMask {
            PlacedMask(mask, columns: columns, rows: rows, imageWidth: width, imageHeight: height)
        }
        var testDescription: String { "\(mask.height)×\(mask.width) in \(height)×\(width)" }
    }

    private static let placings = Mask.many.enumerated().map { index, mask in
        // Patches of 0 to 3 pixels, and a margin that nothing shows.
        func edges(_ count: Int, _ seed: Int) -> [Int] {
            (0..<count).reduce(into: [index % 3]) { $0.append($0[$0.count - 1] + ($1 * seed + index) % 4) }
        }
        let columns = edges(mask.width, 5), rows = edges(mask.height, 3)
        return Placing(
            mask: mask, columns: columns, rows: rows, width: columns[mask.width] + index % 2 + 1,
            height: rows[mask.height] + 1 + index % 3)
    }

    private func pixels(_ placing: Placing) -> Mask {
        Mask(
            height: placing.height, width: placing.width,
            kept: (0..<placing.height * placing.width).map { pixel in
                let (x, y) = (pixel % placing.width, pixel / placing.width)
                let column = (0..<placing.mask.width).first {
                    (placing.columns[$0]..<placing.columns[$0 + 1]).contains(x)
                }
                let row = (0..<placing.mask.height).first { (placing.rows[$0]..<placing.rows[$0 + 1]).contains(y) }
                guard let column, let row else { return false }
                return placing.mask.isKept(column, row)
            })
    }

    @Test(arguments: PlacedMaskTests.placings) private func pixelsRunsAndRegionsAgree(_ placing: Placing) {
        let placed = placing.placed, pixels = pixels(placing)
        #expect(placed.pixels == pixels)
        #expect(RunLengths(placed) == RunLengths(pixels))
        let found = placed.regions(weights: .init(repeating: 1, count: placing.mask.kept.count))
        let expected = PlacedMask(pixels).regions(weights: .init(repeating: 1, count: pixels.kept.count))
        func sorted(_ regions: [MaskRegion]) -> [[Int]] {
            regions.map { [$0.box.y0, $0.box.x0, $0.box.x1, $0.box.y1, $0.area, $0.rings.count] }
                .sorted { $0.lexicographicallyPrecedes($1) }
        }
        #expect(sorted(found) == sorted(expected))
        #expect(Set(found.map(\.rings)) == Set(expected.map(\.rings)))
    }
}
