import DINO

/// A mask over the patches of an image.
package struct PatchMask: Equatable {
    let height, width: Int
    /// Row by row, whether a patch belongs to the mask.
    package let kept: [Bool]

    package init(height: Int, width: Int, kept: [Bool]) {
        self.height = height
        self.width = width
        self.kept = kept
    }

    /// The patches that hold more than `mass` of an attention over a grid.
    init(keepingMass mass: Float, of attention: some Collection<Float>, height: Int, width: Int) {
        self.init(
            height: height, width: width, kept: AttentionMask.keepingMass(mass, of: attention).map { $0 > 0 })
    }

    /// The patches that touch each other along a side, the most of any such group; of equal groups the first.
    package var largestComponent: PatchMask {
        var seen = [Bool](repeating: false, count: kept.count), largest: [Int] = []
        for start in kept.indices where kept[start] && !seen[start] {
            var component = [start], next = 0
            seen[start] = true
            while next < component.count {
                for neighbor in neighbors(of: component[next]) where kept[neighbor] && !seen[neighbor] {
                    seen[neighbor] = true
                    component.append(neighbor)
                }
                next += 1
            }
            if component.count > largest.count { largest = component }
        }
        var mask = [Bool](repeating: false, count: kept.count)
        for index in largest { mask[index] = true }
        return PatchMask(height: height, width: width, kept: mask)
    }

    private func neighbors(of index: Int) -> [Int] {
        let row = index / width, column = index % width
        return [
            row > 0 ? index - width : nil, row + 1 < height ? index + width : nil, column > 0 ? index - 1 : nil,
            column + 1 < width ? index + 1 : nil,
        ].compactMap { $0 }
    }

    /// The smallest box around the mask, in shares of the grid; empty for an empty mask.
    package var box: Box {
        let indices = kept.indices.filter { kept[$0] }
        let rows = indices.map { $0 / width }, columns = indices.map { $0 % width }
        guard let top = rows.min(), let bottom = rows.max(), let left = columns.min(), let right = columns.max() else {
            return Box(left: 0, top: 0, right: 0, bottom: 0)
        }
        return Box(
            left: Double(left) / Double(width), top: Double(top) / Double(height),
            right: Double(right + 1) / Double(width), bottom: Double(bottom + 1) / Double(height))
    }
}
