import DINO
import Testing

@Suite struct ImageFieldTests {
    /// Two by three cells over 6×9 pixels, each three pixels wide.
    private func field(_ values: [Float], isSmooth: Bool = true) -> ImageField {
        ImageField(
            values, height: 2, width: 3, columns: (0..<9).map { (Double($0) + 0.5) / 3 },
            rows: (0..<6).map { (Double($0) + 0.5) / 3 }, isSmooth: isSmooth)
    }

    @Test func aPatchsMiddleHasItsValueAndStraightLinesRunBetween() {
        let pixels = field([0, 3, 6, 9, 12, 15]).pixels
        #expect(Array(pixels[9..<18]) == [0, 0, 1, 2, 3, 4, 5, 6, 6])
        let column: [Float] = (0..<6).map { pixels[$0 * 9 + 1] }
        #expect(column == [0, 0, 3, 6, 9, 9])
    }

    @Test func nearestRepeatsThePatch() {
        let pixels = field([1, 2, 3, 4, 5, 6], isSmooth: false).pixels
        #expect(Array(pixels[..<9]) == [1, 1, 1, 2, 2, 2, 3, 3, 3])
        #expect((0..<6).map { pixels[$0 * 9] } == [1, 1, 1, 4, 4, 4])
    }

    @Test func whatTheGridDoesNotShowIsZero() {
        let field = ImageField([5], height: 1, width: 1, columns: [-0.5, 0.5, 1.5], rows: [0, 1])
        #expect(field.pixels == [0, 5, 0, 0, 0, 0])
        #expect(field.mask(from: 0) == Mask(".#.", "..."))
    }

    @Test(arguments: [0.1, 0.5, 0.6, 0.9] as [Float]) func theMaskHoldsTheMassAndNotMuchMore(_ mass: Float) {
        let field = field([0.1, 0.4, 0.2, 0.05, 0.9, 0.3]), values = field.pixels
        let mask = field.mask(keepingMass: mass)
        let total = values.reduce(0) { $0 + Double($1) }
        let held = mask.cells.reduce(0) { $0 + Double(values[$1]) }
        #expect(held > Double(mass) * total)
        // Without its lowest pixels it would not.
        let lowest = mask.cells.map { values[$0] }.min() ?? 0
        let rest = mask.cells.filter { values[$0] > lowest + 0.9 / 65_536 }.reduce(0) { $0 + Double(values[$1]) }
        #expect(rest <= Double(mass) * total)
        // What is outside is no higher than what is inside.
        #expect(values.indices.allSatisfy { mask.kept[$0] || values[$0] <= lowest })
    }

    @Test func theSmallestNumbersHaveAMaskToo() {
        let field = field([0, 0, 0, 0, .leastNonzeroMagnitude, 0])
        #expect(!field.mask(keepingMass: 0.6).isEmpty)
    }

    @Test func aFieldOfZerosHasAnEmptyMask() {
        #expect(field([0, 0, 0, 0, 0, 0]).mask(keepingMass: 0.6).isEmpty)
    }
}
