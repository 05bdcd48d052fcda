import DINOTraining
import Foundation
import Testing

@Suite struct LinePlotTests {
    private func plot(_ series: [LinePlot.Series]) -> LinePlot {
        LinePlot(
            title: "Entropy & <KL>", x: .init("steps"), y: .init("entropy", unit: "nats"), series: series,
            references: [.init("ln K = 5.55", 5.55)])
    }

    /// The points of each curve in the drawing.
    private func curves(_ svg: String) -> [[(x: Double, y: Double)]] {
        svg.matches(of: /<polyline[^>]* points="([^"]*)"/).map { match in
            match.1.split(separator: " ").map { point in
                let numbers = point.split(separator: ",").compactMap { Double($0) }
                return (numbers[0], numbers[1])
            }
        }
    }

    @Test func curvesLieWhereTheirNumbersAre() throws {
        let svg = plot([.init("a", [(0, 0), (50, 2.775), (100, 5.55)])]).svg(width: 640, height: 360)
        let points = try #require(curves(svg).first)
        #expect(points.count == 3)
        #expect(abs(points[1].x - (points[0].x + points[2].x) / 2) < 0.11)
        #expect(abs(points[1].y - (points[0].y + points[2].y) / 2) < 0.11)
        #expect(points[0].y > points[2].y, "up is more")
    }

    @Test func hasTitleUnitsReferenceAndLegend() {
        let svg = plot([.init("both", [(0, 1), (1, 2)]), .init("no centring", [(0, 1), (1, 0)])]).svg()
        for text in ["Entropy &amp; &lt;KL&gt;", "entropy (nats)", "steps", "ln K = 5.55", "both", "no centring"] {
            #expect(svg.contains(">\(text)</text>"), "\(text)")
        }
        #expect(curves(svg).count == 2)
    }

    @Test func aDrawingOfItsOwnHasItsColours() {
        let drawing = plot([.init("a", [(0, 1)])])
        #expect(drawing.svg(standalone: true).contains("prefers-color-scheme:dark"))
        #expect(!drawing.svg().contains("<style>"))
    }

    @Test func aLogarithmicAxisLeavesOutWhatIsNotPositive() throws {
        var drawing = plot([.init("KL", [(0, 1), (1, 0.1), (2, 0), (3, 0.01), (4, -.infinity)])])
        drawing.references = []
        drawing.y.scale = .logarithmic
        let points = try #require(curves(drawing.svg()).first)
        #expect(points.count == 3)
        #expect(abs((points[1].y - points[0].y) - (points[2].y - points[1].y)) < 0.11, "equal ratios, equal steps")
    }

    @Test func manyPointsBecomeTheMeansOfNeighbours() {
        let points = (0..<10_000).map { (x: Double($0), y: Double($0 % 2)) }
        let thinned = LinePlot.thinned(points, cell: 50)
        #expect(thinned.count == 200)
        #expect(thinned.allSatisfy { abs($0.y - 0.5) < 1e-9 })
        #expect(thinned.first?.x == 24.5)
        #expect(LinePlot.thinned(Array(points.prefix(7)), cell: 1).map(\.x) == [0, 1, 2, 3, 4, 5, 6])
    }

    @Test func nothingAndOnePointCanBeDrawn() {
        for series in [[], [LinePlot.Series("a", [])], [.init("a", [(3, 3)])], [.init("a", [(.nan, 1)])]] {
            let svg = plot(series).svg()
            #expect(svg.hasSuffix("</svg>") && !svg.contains("nan") && !svg.contains("inf"))
        }
    }
}
