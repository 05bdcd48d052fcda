/// What of a stored image matches the region of a query.
///
/// The patches that match are the best ones of the region's patches, and besides them those that resemble any of the
/// region's patches at least as much as the best ones do on average. Patches that touch, at a corner too, belong
/// together; the best-matching region is the group with the best ones of most of the region's patches, of equal ones that
/// with the higher cosines, and of equal ones the one that comes first.
package struct RegionMatch: Sendable, Equatable {
    /// The mean over the region's patches of the cosine with the best stored patch.
    package var score: Float
    /// The patches around the best-matching region.
    package var columns: Range<Int>, rows: Range<Int>
    /// The mean over those of the region's patches whose best is in there.
    package var regionScore: Float

    package init(score: Float, columns: Range<Int>, rows: Range<Int>, regionScore: Float) {
        (self.score, self.columns, self.rows, self.regionScore) = (score, columns, rows, regionScore)
    }
}

extension RegionMatch {
    /// The match in a grid of `height` × `width` stored patches.
    init(_ best: BestPatches, height: Int, width: Int) {
        let score = best.cosines.reduce(0, +) / Float(best.cosines.count)
        var matches = best.resemblance.map { $0 >= score }
        for place in best.places { matches[place] = true }
        let groups = PatchGroups(matches, height: height, width: width)
        var votes = [(count: Int, sum: Float)](repeating: (0, 0), count: groups.count)
        for (cosine, place) in zip(best.cosines, best.places) {
            votes[groups.group[place]].count += 1
            votes[groups.group[place]].sum += cosine
        }
        var winner = 0
        for group in votes.indices where votes[group] > votes[winner] { winner = group }
        let box = groups.box(of: winner)
        self.init(
            score: score, columns: box.columns, rows: box.rows,
            regionScore: votes[winner].sum / Float(max(votes[winner].count, 1)))
    }
}

/// The patches of a grid that are marked, in groups of those that touch.
private struct PatchGroups {
    /// The group of each patch, numbered in the order of their first patches; -1 where it is not marked.
    private(set) var group: [Int]
    private(set) var count = 0
    private let height: Int, width: Int

    init(_ marked: [Bool], height: Int, width: Int) {
        (self.height, self.width) = (height, width)
        group = [Int](repeating: -1, count: marked.count)
        for start in marked.indices where marked[start] && group[start] < 0 {
            spread(from: start, over: marked)
            count += 1
        }
    }

    /// Puts everything that hangs together with a patch into the next group.
    private mutating func spread(from start: Int, over marked: [Bool]) {
        group[start] = count
        var waiting = [start]
        while let patch = waiting.popLast() {
            let row = patch / width, column = patch % width
            for y in max(row - 1, 0)...min(row + 1, height - 1) {
                for x in max(column - 1, 0)...min(column + 1, width - 1) {
                    let neighbor = y * width + x
                    guard marked[neighbor], group[neighbor] < 0 else { continue }
                    group[neighbor] = count
                    waiting.append(neighbor)
                }
            }
        }
    }

    /// The smallest run of columns and of rows that holds a group.
    func box(of number: Int) -> (columns: Range<Int>, rows: Range<Int>) {
        let members = group.indices.filter { group[$0] == number }
        let columns = members.map { $0 % width }, rows = members.map { $0 / width }
        func hull(_ places: [Int]) -> Range<Int> { (places.min() ?? 0)..<(places.max() ?? 0) + 1 }
        return (hull(columns), hull(rows))
    }
}
