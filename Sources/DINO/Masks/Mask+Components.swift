/// The groups of a mask's cells that touch along a side; cells that meet at a corner alone do not.
public struct MaskComponents: Sendable, Equatable {
    /// For each cell of the grid the number of its group, -1 outside of the mask.
    public let labels: [Int32]
    /// Cells of each group. Groups are numbered by their first cell, row by row.
    public let areas: [Int]
    /// The smallest rectangle around each group.
    public let boxes: [CellBox]

    /// The number of groups.
    public var count: Int { areas.count }

    /// The number of the group with the most cells, of equal ones the first; nothing for an empty mask.
    public var largest: Int? {
        areas.indices.max { (areas[$0], $1) < (areas[$1], $0) }
    }

    /// The share of the weights, one for each cell and none negative, that lies in each group; zeros where they add up to
    /// nothing.
    ///
    /// - Precondition: there are as many weights as cells.
    public func shares(of weights: [Float]) -> [Double] {
        precondition(weights.count == labels.count, "\(weights.count) weights for \(labels.count) cells")
        var sums = [Double](repeating: 0, count: count), total = 0.0
        for (label, weight) in zip(labels, weights) {
            total += Double(weight)
            if label >= 0 { sums[Int(label)] += Double(weight) }
        }
        return total > 0 ? sums.map { $0 / total } : sums
    }
}

extension Mask {
    /// The groups of cells that touch along a side. Cost: O(cells), four bytes for each.
    public var components: MaskComponents {
        var labels = [Int32](repeating: -1, count: kept.count)
        var areas = [Int](), boxes = [CellBox](), reached = [Int]()
        for start in kept.indices where kept[start] && labels[start] < 0 {
            let label = Int32(areas.count)
            labels[start] = label
            reached = [start]
            var box = CellBox(x0: width, y0: height, x1: 0, y1: 0), area = 0
            while let cell = reached.popLast() {
                let (row, column) = (cell / width, cell % width)
                area += 1
                (box.x0, box.y0) = (min(box.x0, column), min(box.y0, row))
                (box.x1, box.y1) = (max(box.x1, column + 1), max(box.y1, row + 1))
                func reach(_ neighbor: Int) {
                    guard kept[neighbor], labels[neighbor] < 0 else { return }
                    labels[neighbor] = label
                    reached.append(neighbor)
                }
                if row > 0 { reach(cell - width) }
                if row + 1 < height { reach(cell + width) }
                if column > 0 { reach(cell - 1) }
                if column + 1 < width { reach(cell + 1) }
            }
            areas.append(area)
            boxes.append(box)
        }
        return MaskComponents(labels: labels, areas: areas, boxes: boxes)
    }

    /// The group with the most cells, of equal ones the first.
    public var largestComponent: Mask {
        let components = components
        guard let largest = components.largest else { return self }
        return Mask(height: height, width: width, kept: components.labels.map { $0 == Int32(largest) })
    }

    /// The groups of at least a tenth as many cells as the largest.
    var withoutSpecks: Mask {
        let components = components
        guard let largest = components.areas.max() else { return self }
        return Mask(
            height: height, width: width,
            kept: components.labels.map { $0 >= 0 && components.areas[Int($0)] * 10 >= largest })
    }
}
