import Foundation

extension LinePlot {
    /// The drawing, without scripts; with its own colours for light and dark where `standalone`, else the page's.
    ///
    /// - Parameters:
    ///   - width: in pixels; the drawing scales with what it stands in.
    ///   - standalone: whether it is a file of its own; a page has `PlotStyle.css` once.
    public func svg(width: Double = 640, height: Double = 360, standalone: Bool = false) -> String {
        let frame = Frame(self, width: width, height: height)
        let size = "\(Self.number(width)) \(Self.number(height))"
        var parts = [
            "<svg class=\"plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" role=\"img\" aria-label=\"\(Self.escaped(title))\""
                + (standalone ? " width=\"\(Self.number(width))\" height=\"\(Self.number(height))\">" : ">")
        ]
        if standalone {
            parts.append("<style>\(PlotStyle.css)</style><rect class=\"paper\" width=\"100%\" height=\"100%\"/>")
        }
        parts.append(text(title, frame.left, 26, "title"))
        parts += legend(frame) + grid(frame) + axisTitles(frame) + referenceLines(frame) + curves(frame)
        return (parts + ["</svg>"]).joined(separator: "\n")
    }

    /// Several drawings in one file, from left to right.
    static func sideBySide(_ plots: [LinePlot], width: Double = 640, height: Double = 360) -> String {
        let whole = width * Double(plots.count)
        let parts = plots.enumerated().map { index, plot in
            "<svg x=\"\(number(width * Double(index)))\" width=\"\(number(width))\" height=\"\(number(height))\">\n"
                + plot.svg(width: width, height: height) + "\n</svg>"
        }
        return """
            <svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(whole)) \(number(height))" \
            width="\(number(whole))" height="\(number(height))">
            <style>\(PlotStyle.css)</style><rect class="paper" width="100%" height="100%"/>
            \(parts.joined(separator: "\n"))
            </svg>

            """
    }

    /// The place of everything: the plotting area, its ends in numbers, and its marks.
    private struct Frame {
        let left = 72.0, top: Double, right, bottom: Double
        let xRange, yRange: ClosedRange<Double>
        let xTicks, yTicks: Ticks
        let xScale, yScale: Axis.Scale

        init(_ plot: LinePlot, width: Double, height: Double) {
            top = plot.needsLegend ? 64 : 44
            right = width - 24
            bottom = height - 54
            let points = plot.series.flatMap(plot.visible)
            xScale = plot.x.scale
            yScale = plot.y.scale
            xRange = LinePlot.range(points.map(\.x), plot.x, air: 0)
            yRange = LinePlot.range(points.map(\.y) + plot.references.map(\.y), plot.y, air: 0.06)
            xTicks = xScale == .linear ? .linear(xRange, count: 6) : .logarithmic(xRange)
            yTicks = yScale == .linear ? .linear(yRange, count: 5) : .logarithmic(yRange)
        }

        func x(_ value: Double) -> Double { left + share(value, xRange, xScale) * (right - left) }
        func y(_ value: Double) -> Double { bottom - share(value, yRange, yScale) * (bottom - top) }

        private func share(_ value: Double, _ range: ClosedRange<Double>, _ scale: Axis.Scale) -> Double {
            let position: (Double) -> Double = scale == .linear ? { $0 } : { log10(max($0, 1e-300)) }
            let low = position(range.lowerBound), high = position(range.upperBound)
            return min(max((position(value) - low) / max(high - low, 1e-300), -0.02), 1.02)
        }
    }

    private var needsLegend: Bool { series.count > 1 }

    private func legend(_ frame: Frame) -> [String] {
        guard needsLegend else { return [] }
        var x = frame.left
        return series.enumerated().flatMap { index, series in
            defer { x += 40 + 6.9 * Double(series.name.count) }
            return [
                line(x, 45, x + 18, 45, "curve \(Self.color(index))"), text(series.name, x + 24, 49, "legend"),
            ]
        }
    }

    private func grid(_ frame: Frame) -> [String] {
        var parts: [String] = []
        for (value, label) in zip(frame.yTicks.values, frame.yTicks.labels) {
            let y = frame.y(value)
            parts.append(line(frame.left, y, frame.right, y, "grid"))
            parts.append(text(label, frame.left - 9, y + 4, "tick end"))
        }
        for (value, label) in zip(frame.xTicks.values, frame.xTicks.labels) {
            let x = frame.x(value)
            parts.append(line(x, frame.bottom, x, frame.bottom + 5, "axis"))
            parts.append(text(label, x, frame.bottom + 20, "tick middle"))
        }
        parts.append(line(frame.left, frame.bottom, frame.right, frame.bottom, "axis"))
        return parts
    }

    private func axisTitles(_ frame: Frame) -> [String] {
        let middle = (frame.top + frame.bottom) / 2
        let rotation = "rotate(-90 20 \(Self.number(middle)))"
        return [
            text(x.caption(frame.xTicks.exponent), (frame.left + frame.right) / 2, frame.bottom + 43, "caption middle"),
            text(y.caption(frame.yTicks.exponent), 20, middle, "caption middle", transform: rotation),
        ]
    }

    private func referenceLines(_ frame: Frame) -> [String] {
        references.flatMap { reference in
            let y = frame.y(reference.y)
            // Under its line where there is no room above.
            let label = y - frame.top < 10 ? y + 15 : y - 6
            return [
                line(frame.left, y, frame.right, y, "reference"),
                text(reference.name, frame.right - 4, label, "reference-name end"),
            ]
        }
    }

    private func curves(_ frame: Frame) -> [String] {
        series.enumerated().flatMap { index, series in
            let points = Self.thinned(visible(series).map { (frame.x($0.x), frame.y($0.y)) }, cell: 1.5)
            let path = points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
            let dots =
                points.count > 40
                ? []
                : points.map {
                    "<circle class=\"\(Self.color(index))\" cx=\"\(Self.number($0.0))\" cy=\"\(Self.number($0.1))\" r=\"2.8\"/>"
                }
            return ["<polyline class=\"curve \(Self.color(index))\" points=\"\(path)\"/>"] + dots
        }
    }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
        "<line class=\"\(style)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" "
            + "y2=\"\(Self.number(y2))\"/>"
    }

    private func text(_ content: String, _ x: Double, _ y: Double, _ style: String, transform: String? = nil) -> String
    {
        "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
            + (transform.map { " transform=\"\($0)\"" } ?? "") + ">\(Self.escaped(content))</text>"
    }

    private static func color(_ index: Int) -> String { "c\(index % PlotStyle.colors.count)" }

    private static func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Text safe within XML and HTML.
    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }
}

extension LinePlot.Axis {
    /// The title with its unit, and the power of ten that the marks leave out.
    fileprivate func caption(_ exponent: Int) -> String {
        let factor = exponent == 0 ? nil : "×" + Ticks.powerOfTen(exponent)
        let notes = [factor, unit].compactMap { $0 }.joined(separator: " ")
        return notes.isEmpty ? title : "\(title) (\(notes))"
    }
}
