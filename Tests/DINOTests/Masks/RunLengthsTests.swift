import DINO
import Testing

/// The texts are those of `pycocotools.mask.encode` 2.0.11.
@Suite struct RunLengthsTests {
    @Test func theTextIsCOCOs() {
        let mask = Mask("##...", "..#..", "..##.", "#..#.")
        #expect(RunLengths(mask).counts == [0, 1, 2, 2, 4, 2, 3, 2, 4])
        #expect(RunLengths(mask).text == "012120O01")
        #expect(RunLengths(Mask("###", "###")).text == "06")
        #expect(RunLengths(Mask("...", "...")).text == "6")
    }

    @Test func theTextOfLongRunsIsCOCOs() {
        let disc = Mask(
            height: 40, width: 60,
            kept: (0..<2400).map { cell in
                let (x, y) = (cell % 60 - 30, cell / 60 - 20)
                return x * x + y * y < 200
            })
        #expect(
            RunLengths(disc).text
                == "cd03Q18J4M2N2N2N2N2O0O2O00000O2O0001N1000001N101N2N2N2N2N3L6HYb0")
    }

    /// Column by column, zeros first: the format's definition.
    @Test(arguments: Mask.many) func theCountsAreThoseOfTheDefinition(_ mask: Mask) throws {
        var counts = [0], value = false
        for x in 0..<mask.width {
            for y in 0..<mask.height {
                if mask.isKept(x, y) != value {
                    counts.append(0)
                    value.toggle()
                }
                counts[counts.count - 1] += 1
            }
        }
        let runs = RunLengths(mask)
        #expect(runs.counts == counts)
        #expect(runs.area == mask.cells.count)
        #expect(runs.mask == mask)
        #expect(RunLengths(height: mask.height, width: mask.width, text: runs.text) == runs)
        #expect(RunLengths(height: mask.height, width: mask.width, counts: counts) == runs)
    }

    @Test(arguments: ["", "0", "07", "/", "p", "0P", "~", "oooooooooooooooooooo", "1O9", "é"])
    func refusesTextThatDoesNotFillTheImage(_ text: String) {
        #expect(RunLengths(height: 2, width: 3, text: text) == nil)
    }

    @Test func refusesCountsThatDoNotFillTheImage() {
        for counts in [[7], [5], [-1, 7], [Int.max, Int.max, 8], [3, -2, 5]] {
            #expect(RunLengths(height: 2, width: 3, counts: counts) == nil)
        }
        #expect(RunLengths(height: .max, width: 3, counts: [0]) == nil)
    }
}
