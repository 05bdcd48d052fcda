import DINO
import Testing

@Suite struct RingsTests {
    private func regions(_ mask: Mask) -> [MaskRegion] {
        PlacedMask(mask).regions(weights: [Float](repeating: 1, count: mask.kept.count))
    }

    /// Twice the area a ring surrounds, positive where it runs clockwise with y down.
    private func doubleArea(_ ring: [PixelCorner]) -> Int {
        zip(ring, ring.dropFirst()).reduce(0) { $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y }
    }

    @Test func aCellIsASquare() {
        let ring = [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)].map { PixelCorner(x: $0.0, y: $0.1) }
        #expect(regions(Mask("...", ".#.", "...")).map(\.rings) == [[ring]])
    }

    @Test func aHoleRunsTheOtherWay() {
        let rings = regions(Mask("####", "#..#", "####"))[0].rings
        #expect(rings.count == 2)
        #expect(doubleArea(rings[0]) == 24)
        #expect(doubleArea(rings[1]) == -4)
    }

    @Test func cellsThatMeetAtACornerAloneHaveTheirOwnRings() {
        #expect(regions(Mask("#.", ".#")).map(\.rings.count) == [1, 1])
        // One group around a hole that is open at a corner: one ring that passes there twice.
        let open = regions(Mask("##.", "#.#", "###"))
        #expect(open.count == 1 && open[0].rings.count == 1)
        #expect(doubleArea(open[0].rings[0]) == 2 * 7)
    }

    @Test(arguments: Mask.many) func ringsAreExactAndClosed(_ mask: Mask) {
        let regions = regions(mask)
        var drawn = [Int](repeating: 0, count: mask.kept.count)
        for region in regions {
            #expect(region.rings.map(doubleArea).reduce(0, +) == 2 * region.area)
            for (index, ring) in region.rings.enumerated() {
                #expect(ring.first == ring.last && ring.count >= 5)
                #expect((doubleArea(ring) > 0) == (index == 0))
                // Corners alone: every second side is level.
                let level = zip(ring, ring.dropFirst()).map { $0.y == $1.y }
                #expect(zip(level, level.dropFirst()).allSatisfy { $0 != $1 } && level.first != level.last)
            }
            for y in 0..<mask.height {
                for x in 0..<mask.width where isInside(region.rings, Double(x) + 0.5, Double(y) + 0.5) {
                    drawn[y * mask.width + x] += 1
                }
            }
        }
        #expect(drawn == mask.kept.map { $0 ? 1 : 0 })
    }

    /// Whether a ray to the right crosses the rings an odd number of times.
    private func isInside(_ rings: [[PixelCorner]], _ x: Double, _ y: Double) -> Bool {
        var crossings = 0
        for ring in rings {
            for (a, b) in zip(ring, ring.dropFirst()) where a.x == b.x && Double(a.x) > x {
                if (Double(a.y) > y) != (Double(b.y) > y) { crossings += 1 }
            }
        }
        return crossings % 2 == 1
    }
}
