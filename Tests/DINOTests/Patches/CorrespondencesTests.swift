import DINO
import Tensors
import TestSupport
import Testing

/// Mutual nearest patches held to the definition, over all pairs in double precision.
@Suite struct CorrespondencesTests {
    private func features(_ count: Int, _ width: Int = 16, seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(
            shape: [count, width],
            scalars: (0..<count * width).map { _ in Float.random(in: -2...2, using: &generator) })
    }

    private func cosines(_ first: Tensor, _ second: Tensor) -> [[Double]] {
        let width = first.shape[1]
        func row(_ tensor: Tensor, _ index: Int) -> [Double] {
            let row = (0..<width).map { Double(tensor.scalars[index * width + $0]) }
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return row.map { $0 / length }
        }
        return (0..<first.shape[0]).map { i in
            (0..<second.shape[0]).map { j in zip(row(first, i), row(second, j)).reduce(0) { $0 + $1.0 * $1.1 } }
        }
    }

    private func bruteForce(_ first: Tensor, _ second: Tensor, ratio: Double? = nil) -> [PatchMatch] {
        let all = cosines(first, second)
        var matches = [PatchMatch]()
        for i in all.indices {
            for j in all[i].indices {
                let others = all[i].indices.filter { $0 != j }.map { all[i][$0] }
                guard others.allSatisfy({ $0 < all[i][j] }),
                    all.indices.allSatisfy({ $0 == i || all[$0][j] < all[i][j] })
                else { continue }
                if let ratio, let next = others.max(), 1 - all[i][j] > ratio * (1 - next) { continue }
                matches.append(PatchMatch(first: i, second: j, score: Float(all[i][j])))
            }
        }
        return matches.sorted { $0.score > $1.score }
    }

    @Test(arguments: [(150, 97), (1, 1), (1, 40), (64, 65), (130, 1)], [1, 3])
    func areThoseOfAllPairs(_ counts: (Int, Int), threads: Int) throws {
        let (first, second) = (features(counts.0, seed: 1), features(counts.1, seed: 2))
        let found = try Correspondences.mutualNearest(first, second, on: Compute(threads: threads))
        let expected = bruteForce(first, second)
        #expect(found.map(\.first) == expected.map(\.first))
        #expect(found.map(\.second) == expected.map(\.second))
        for (found, expected) in zip(found, expected) { #expect(abs(found.score - expected.score) < 1e-5) }
    }

    @Test func theRatioKeepsThoseThatStandOut() throws {
        let (first, second) = (features(90, 6, seed: 3), features(80, 6, seed: 4))
        let compute = try Compute(threads: 2)
        let all = Correspondences.mutualNearest(first, second, on: compute)
        let kept = Correspondences.mutualNearest(first, second, ratio: 0.7, on: compute)
        #expect(kept.map(\.first) == bruteForce(first, second, ratio: 0.7).map(\.first))
        #expect(!kept.isEmpty && kept.count < all.count)
        #expect(Correspondences.mutualNearest(first, second, ratio: 1, on: compute) == all)
    }

    @Test func anImageMatchesItselfPatchByPatch() throws {
        let image = features(70, seed: 5)
        let matches = try Correspondences.mutualNearest(image, image, on: Compute(threads: 2))
        #expect(matches.map(\.first).sorted() == Array(0..<70))
        #expect(matches.allSatisfy { $0.first == $0.second && $0.score > 0.9999 && $0.score <= 1 })
    }

    @Test func ofEqualPatchesTheEarlierIsNearest() throws {
        let first = Tensor(shape: [3, 2], scalars: [1, 0, 1, 0, 0, 1])
        let second = Tensor(shape: [3, 2], scalars: [0, 3, 2, 0, 2, 0])
        let matches = try Correspondences.mutualNearest(first, second, on: Compute(threads: 1))
        #expect(matches == [.init(first: 0, second: 1, score: 1), .init(first: 2, second: 0, score: 1)])
    }

    @Test func theMapOfAPatchIsItsCosineWithAllOthers() {
        let (first, second) = (features(12, seed: 6), features(15, seed: 7))
        let map = Correspondences.similarity(of: second, to: [4], of: first)
        let expected = cosines(first, second)[4]
        #expect(map.count == 15)
        for (found, expected) in zip(map, expected) { #expect(abs(Double(found) - expected) < 1e-6) }
        let own = Correspondences.similarity(of: first, to: [4], of: first)
        #expect(abs(own[4] - 1) < 1e-6)
    }

    @Test func theMapOfARegionIsTheCosineWithTheMeanDirection() {
        // Lengths do not count: the mean of (1, 0) and (0, 1) points between them.
        let region = Tensor(shape: [2, 2], scalars: [5, 0, 0, 0.1])
        let map = Correspondences.similarity(
            of: Tensor(shape: [3, 2], scalars: [2, 2, 1, 0, -1, -1]), to: [0, 1], of: region)
        for (found, expected) in zip(map, [1, 0.5.squareRoot(), -1]) { #expect(abs(Double(found) - expected) < 1e-6) }
    }
}
