import FeatureSearch
import Testing

@Suite struct PlaneLayoutTests {
    @Test func fitsTheLongerSideIntoItsBox() {
        let layout = PlaneLayout(ids: [1, 2, 3], points: [[10, 5], [30, 5], [20, 15]]).fitted
        #expect(layout.points == [[-1, -0.5], [1, -0.5], [0, 0.5]])
    }

    @Test func putsOnePointInTheMiddle() {
        #expect(PlaneLayout(ids: [1, 2], points: [[7, 8], [7, 8]]).fitted.points == [.zero, .zero])
        #expect(PlaneLayout(ids: [], points: []).fitted.ids == [])
    }

    @Test func keepsThoseThatAreThere() {
        let layout = PlaneLayout(ids: [1, 3, 5, 9], points: [[1, 0], [3, 0], [5, 0], [9, 0]])
        let kept = layout.restricted(to: [0, 3, 4, 9, 12])
        #expect(kept == PlaneLayout(ids: [3, 9], points: [[3, 0], [9, 0]]))
        #expect(layout.points(of: [0, 3, 4, 9, 12]) == [.zero, [3, 0], .zero, [9, 0], .zero])
    }

    @Test func takesEveryNthOfMoreThanItMay() {
        let ids = (1...10).map(Int64.init)
        #expect(PlaneLayout.sample(ids, atMost: 10) == ids)
        #expect(PlaneLayout.sample(ids, atMost: 9) == [1, 3, 5, 7, 9])
        #expect(PlaneLayout.sample(ids, atMost: 4) == [1, 4, 7, 10])
        #expect(PlaneLayout.sample(ids, atMost: 1) == [1])
        #expect(PlaneLayout.sample([], atMost: 1) == [])
    }
}
