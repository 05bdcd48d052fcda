import DINOTraining
import Foundation
import Tensors

/// What memory and multipliers allow, by operations for each byte moved, and the places under that roof where ours is
/// (Williams, Waterman and Patterson, "Roofline", 2009).
struct Roofline {
    /// What was measured at one place.
    struct Point: Encodable {
        enum Work: String, Encodable {
            case forward = "forward pass"
            case search = "exact search"
        }

        let name: String
        let work: Work
        let precision: Precision
        /// Of one call.
        let operations, bytes: Double
        let milliseconds: Spread

        /// Operations for each byte.
        var intensity: Double { operations / bytes }
        /// 10⁹ operations a second.
        var rate: Double { operations / milliseconds.median / 1e6 }
    }

    let peaks: Peaks
    let points: [Point]
    let title: String

    private static let width = 820.0, height = 500.0
    private static let left = 76.0, right = 796.0, top = 84.0, bottom = 446.0
    private static let xRange = 1.0...200.0

    private var yRange: ClosedRange<Double> {
        let highest = Precision.allCases.compactMap(peaks.operations).max() ?? 1
        return min(points.map(\.rate).min() ?? 1, peaks.memory) / 2...highest * 1.7
    }

    private func x(_ value: Double) -> Double {
        Self.left + Self.share(value, Self.xRange) * (Self.right - Self.left)
    }

    private func y(_ value: Double) -> Double {
        Self.bottom - Self.share(value, yRange) * (Self.bottom - Self.top)
    }

    private static func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        log(min(max(value, range.lowerBound), range.upperBound) / range.lowerBound)
            / log(range.upperBound / range.lowerBound)
    }

    /// The drawing, with colours of its own for light and dark.
    var svg: String {
        let head = """
            <svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(n(Self.width)) \(n(Self.height))" \
            width="\(n(Self.width))" height="\(n(Self.height))" role="img" aria-label="\(title)">
            <style>\(PlotStyle.css)</style><rect class="paper" width="100%" height="100%"/>
            """
        let shapes =
            "circles: \(Point.Work.forward.rawValue) (\(names(of: .forward).joined(separator: ", "))); "
            + "squares: \(Point.Work.search.rawValue) (\(names(of: .search).joined(separator: ", ")))"
        let parts = [
            head, text(title, Self.left, 28, "title"), text(shapes, Self.left, 48, "legend"),
            text("the larger the mark, the more at once; a colour for each precision", Self.left, 66, "legend"),
        ]
        return (parts + grid + roofs + points.map(mark) + ["</svg>", ""]).joined(separator: "\n")
    }

    /// What was measured of a kind of work, in the order of the options: the fewest at once first.
    private func names(of work: Point.Work) -> [String] {
        let own = points.filter { $0.work == work }
        return own.filter { $0.precision == own.first?.precision }.map(\.name)
    }

    private var grid: [String] {
        let xTicks = Ticks.logarithmic(Self.xRange), yTicks = Ticks.logarithmic(yRange)
        let rows = zip(yTicks.values, yTicks.labels).flatMap { value, label in
            [
                line([(Self.left, y(value)), (Self.right, y(value))], "grid"),
                text(label, Self.left - 9, y(value) + 4, "tick end"),
            ]
        }
        let columns = zip(xTicks.values, xTicks.labels).flatMap { value, label in
            [
                line([(x(value), Self.bottom), (x(value), Self.bottom + 5)], "axis"),
                text(label, x(value), Self.bottom + 20, "tick middle"),
            ]
        }
        let middle = (Self.top + Self.bottom) / 2
        return rows + columns + [
            line([(Self.left, Self.bottom), (Self.right, Self.bottom)], "axis"),
            text("operations for each byte moved", (Self.left + Self.right) / 2, Self.bottom + 42, "caption middle"),
            text("10⁹ operations a second", 20, middle, "caption middle", turned: true),
        ]
    }

    /// The slope of memory, and a level for each precision.
    private var roofs: [String] {
        let levels = Precision.allCases.compactMap { precision -> (precision: Precision, rate: Double)? in
            peaks.operations(precision).map { (precision, $0) }
        }
        let highest = levels.map(\.rate).max() ?? peaks.memory
        let start = max(Self.xRange.lowerBound, yRange.lowerBound / peaks.memory)
        let end = min(highest / peaks.memory, Self.xRange.upperBound)
        let slope = line([(x(start), y(start * peaks.memory)), (x(end), y(end * peaks.memory))], "reference")
        let label = text("memory \(peaks.memory.short) GB/s", x(3) - 10, y(3 * peaks.memory) - 8, "reference-name end")
        return [slope, label]
            + levels.flatMap { level in
                let ridge = max(level.rate / peaks.memory, Self.xRange.lowerBound)
                return [
                    line([(x(ridge), y(level.rate)), (Self.right, y(level.rate))], "curve c\(level.precision.order)"),
                    // Where the roof begins, below it: the marks are farther to the right, the slope is above.
                    text("\(level.precision.rawValue) \(level.rate.short)", x(ridge) + 4, y(level.rate) + 17, "legend"),
                ]
            }
    }

    /// A mark without a name, which would stand in the way of the next: its size tells how many were taken at once.
    private func mark(_ point: Point) -> String {
        let (x, y) = (x(point.intensity), y(point.rate)), color = "c\(point.precision.order)"
        let size = 4 + 2.5 * Double(names(of: point.work).firstIndex(of: point.name) ?? 0)
        switch point.work {
        case .search:
            let side = n(2 * size)
            return
                "<rect class=\"curve \(color)\" x=\"\(n(x - size))\" y=\"\(n(y - size))\" width=\"\(side)\" height=\"\(side)\"/>"
        case .forward:
            return "<circle class=\"\(color)\" cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(size))\"/>"
        }
    }

    private func line(_ points: [(Double, Double)], _ style: String) -> String {
        let path = points.map { "\(n($0.0)),\(n($0.1))" }.joined(separator: " ")
        return "<polyline class=\"\(style)\" fill=\"none\" points=\"\(path)\"/>"
    }

    private func text(_ words: String, _ x: Double, _ y: Double, _ style: String, turned: Bool = false) -> String {
        let turn = turned ? " transform=\"rotate(-90 \(n(x)) \(n(y)))\"" : ""
        return "<text class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\"\(turn)>\(words)</text>"
    }

    private func n(_ value: Double) -> String { String(format: "%g", (value * 10).rounded() / 10) }
}
