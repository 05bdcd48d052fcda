import DINO
import DINOTraining
import Testing

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

    @Test func theBoxAroundAMaskIsInSharesOfItsGrid() {
        let mask = Mask(height: 4, width: 4, kept: ".....#...##.....".map { $0 == "#" })
        #expect(Box(around: mask) == Box(left: 0.25, top: 0.25, right: 0.75, bottom: 0.75))
        #expect(Box(around: Mask(height: 1, width: 2, kept: [false, false])).area == 0)
    }
}
