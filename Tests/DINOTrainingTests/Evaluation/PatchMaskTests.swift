import DINOTraining
import Testing

@Suite struct PatchMaskTests {
    private func mask(_ rows: String...) -> PatchMask {
        PatchMask(height: rows.count, width: rows[0].count, kept: rows.joined().map { $0 == "#" })
    }

    @Test func patchesThatMeetAtACornerDoNotTouch() {
        let found = mask("##...", "..#..", "..##.", "#..#.").largestComponent
        #expect(found == mask(".....", "..#..", "..##.", "...#."))
    }

    @Test func ofEqualGroupsTheFirstIsTaken() {
        #expect(mask("#.#", "#.#").largestComponent == mask("#..", "#.."))
    }

    @Test func theBoxSurroundsWholePatches() {
        #expect(mask("....", ".#..", ".##.", "....").box == Box(left: 0.25, top: 0.25, right: 0.75, bottom: 0.75))
    }

    @Test func anEmptyMaskHasAnEmptyBox() {
        #expect(mask("..", "..").box.area == 0)
        #expect(mask("..", "..").largestComponent == mask("..", ".."))
    }
}

@Suite struct BoxTests {
    private let square = Box(left: 0, top: 0, right: 0.5, bottom: 0.5)

    @Test func theOverlapIsIntersectionOverUnion() {
        let shifted = Box(left: 0.25, top: 0, right: 0.75, bottom: 0.5)
        #expect(abs(square.iou(shifted) - 1.0 / 3) < 1e-12)
        #expect(square.iou(shifted) == shifted.iou(square))
        #expect(square.iou(square) == 1)
    }

    @Test func boxesApartDoNotOverlap() {
        #expect(square.iou(Box(left: 0.5, top: 0, right: 1, bottom: 0.5)) == 0)
        #expect(square.iou(Box(left: 0.6, top: 0.6, right: 1, bottom: 1)) == 0)
    }

    @Test func emptyBoxesDoNotOverlap() {
        let empty = Box(left: 0.1, top: 0.1, right: 0.1, bottom: 0.2)
        #expect(empty.iou(empty) == 0)
        #expect(square.iou(empty) == 0)
    }
}
