/// Outlines along the sides of cells.
///
/// The sides of kept cells that border on others are walked with the mask on the right hand. Where four sides meet, two
/// cells touch at a corner alone; turning right there stays at the same cell, so that groups that touch along sides have
/// one outer ring each and holes are the other rings.
extension Mask {
    /// For each group of `components` its rings, the outer one first; of each the first corner again at the end, and no
    /// corner where it goes straight on.
    func rings(_ components: MaskComponents) -> [[[PixelCorner]]] {
        var rings = [[[PixelCorner]]](repeating: [], count: components.count)
        // Every ring has a side that runs to the right: the upper side of a kept cell.
        var isWalked = [Bool](repeating: false, count: kept.count)
        for cell in kept.indices where kept[cell] && !isWalked[cell] && hasUpperSide(cell) {
            rings[Int(components.labels[cell])].append(ring(from: cell, &isWalked))
        }
        return rings
    }

    private func hasUpperSide(_ cell: Int) -> Bool { cell < width || !kept[cell - width] }

    private enum Heading: Int {
        case right, down, left, up
        var turnedRight: Heading { Heading(rawValue: (rawValue + 1) % 4) ?? .right }
        var turnedLeft: Heading { Heading(rawValue: (rawValue + 3) % 4) ?? .right }
        var step: (x: Int, y: Int) { [(1, 0), (0, 1), (-1, 0), (0, -1)][rawValue] }
    }

    private func ring(from cell: Int, _ isWalked: inout [Bool]) -> [PixelCorner] {
        let start = (x: cell % width, y: cell / width)
        var (x, y, heading) = (start.x, start.y, Heading.right)
        var corners = [PixelCorner]()
        repeat {
            if heading == .right { isWalked[y * width + x] = true }
            (x, y) = (x + heading.step.x, y + heading.step.y)
            let next = self.heading(after: heading, x: x, y: y)
            if next != heading { corners.append(PixelCorner(x: x, y: y)) }
            heading = next
        } while x != start.x || y != start.y || heading != .right
        return corners.suffix(1) + corners
    }

    /// Where the outline goes on from the corner (x, y).
    private func heading(after heading: Heading, x: Int, y: Int) -> Heading {
        // The cells ahead of the corner, on the right hand and on the left.
        let (right, left): ((Int, Int), (Int, Int)) =
            switch heading {
            case .right: ((x, y), (x, y - 1))
            case .down: ((x - 1, y), (x, y))
            case .left: ((x - 1, y - 1), (x - 1, y))
            case .up: ((x, y - 1), (x - 1, y - 1))
            }
        if !isKept(right) { return heading.turnedRight }
        return isKept(left) ? heading.turnedLeft : heading
    }

    private func isKept(_ cell: (x: Int, y: Int)) -> Bool {
        cell.x >= 0 && cell.y >= 0 && cell.x < width && cell.y < height && kept[cell.y * width + cell.x]
    }
}
