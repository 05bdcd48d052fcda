import DINO
import Testing

@Suite struct MaskTests {
    @Test func cellsThatMeetAtACornerDoNotTouch() {
        let found = Mask("##...", "..#..", "..##.", "#..#.").largestComponent
        #expect(found == Mask(".....", "..#..", "..##.", "...#."))
    }

    @Test func ofEqualGroupsTheFirstIsTaken() {
        #expect(Mask("#.#", "#.#").largestComponent == Mask("#..", "#.."))
    }

    @Test func theBoundsSurroundWholeCells() {
        #expect(Mask("....", ".#..", ".##.", "....").bounds == CellBox(x0: 1, y0: 1, x1: 3, y1: 3))
    }

    @Test func anEmptyMaskHasNothing() {
        let empty = Mask("..", "..")
        #expect(empty.isEmpty && empty.bounds == nil && empty.cells.isEmpty && empty.components.count == 0)
        #expect(empty.largestComponent == empty)
        #expect(PlacedMask(empty).regions(weights: [1, 1, 1, 1]).isEmpty)
    }

    /// Groups by the definition: every cell takes the smallest number among itself and its neighbours until none changes.
    @Test(arguments: Mask.many) func groupsAreThoseOfTheDefinition(_ mask: Mask) {
        var numbers = mask.kept.indices.map { mask.kept[$0] ? $0 : Int.max }
        var changes = true
        while changes {
            changes = false
            for cell in mask.cells {
                let (x, y) = (cell % mask.width, cell / mask.width)
                for (u, v) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)] where mask.isKept(u, v) {
                    let other = numbers[v * mask.width + u]
                    if other < numbers[cell] { (numbers[cell], changes) = (other, true) }
                }
            }
        }
        let roots = Set(numbers.filter { $0 < Int.max }).sorted()
        let found = mask.components
        #expect(found.labels.map { $0 < 0 ? Int.max : roots[Int($0)] } == numbers)
        #expect(found.areas == roots.map { root in numbers.count { $0 == root } })
        for (label, root) in roots.enumerated() {
            let group = Mask(height: mask.height, width: mask.width, kept: numbers.map { $0 == root })
            #expect(found.boxes[label] == group.bounds)
        }
    }

    @Test func aScoreIsTheShareOfTheAttention() {
        let regions = PlacedMask(Mask("#.#", "#..")).regions(weights: [1, 2, 6, 2, 4, 5])
        #expect(regions.map(\.score) == [0.3, 0.15])
        #expect(regions.map(\.area) == [1, 2])
        #expect(PlacedMask(Mask("#")).regions(weights: [0]).map(\.score) == [0])
    }
}
