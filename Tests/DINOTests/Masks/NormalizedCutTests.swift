import DINO
import Tensors
import Testing

@Suite struct NormalizedCutTests {
    /// Features of two kinds that do not resemble each other, by a mask, with a little noise.
    private func features(_ mask: Mask, noise: Float = 0.02) -> Tensor {
        let scalars = mask.kept.enumerated().flatMap { index, isObject in
            let wobble = noise * Float((index * 7919) % 17 - 8) / 8
            return isObject ? [3, wobble, 0.1] : [wobble, 1, -0.1]
        }
        return Tensor(shape: [mask.kept.count, 3], scalars: scalars)
    }

    private func cut(_ mask: Mask) throws -> NormalizedCut {
        try NormalizedCut(features(mask), gridHeight: mask.height, gridWidth: mask.width)
    }

    @Test func findsTheSmallerOfTwoKinds() throws {
        let object = Mask("........", "..###...", "..####..", "..##....", "........")
        let found = try cut(object)
        #expect(found.object == object)
        #expect(found.values.max() == 1)
        #expect(zip(found.values, object.kept).allSatisfy { ($0 > 0.5) == $1 })
    }

    @Test func theSameFeaturesGiveTheSameCut() throws {
        let object = Mask.random(height: 20, width: 15, share: 0.3, seed: 4)
        let (one, other) = (try cut(object), try cut(object))
        #expect(one.values == other.values && one.object == other.object)
    }

    /// The background reaches the edges, however much or little of the image it is.
    @Test func theObjectIsWhatTouchesTheEdgesLess() throws {
        let object = Mask("........", ".######.", ".######.", ".######.", ".######.", "........")
        #expect(try cut(object).object == object)
    }

    /// What all patches share says nothing: with it each of these cosines is above 0.9.
    @Test func whatAllPatchesHaveInCommonDoesNotCount() throws {
        let object = Mask("........", "..###...", "..####..", "..##....", "........")
        var features = features(object)
        for patch in object.kept.indices { features.scalars[patch * 3 + 2] += 10 }
        let found = try NormalizedCut(features, gridHeight: object.height, gridWidth: object.width)
        #expect(found.object == object)
    }

    @Test func anObjectMayHaveSeveralPartsButNoSpecks() throws {
        let parts = Mask(
            "..............", ".####.........", ".####..##.....", ".####.........", "...........#..", "..............")
        let found = try cut(parts).object
        #expect(found.components.areas == [12, 2])
        #expect(zip(found.kept, parts.kept).count { $0 != $1 } == 1)
    }

    @Test func patchesThatAreAllAlikeHaveNoObject() throws {
        #expect(try cut(Mask("....", "....", "....")).object.isEmpty)
        #expect(try cut(Mask("#")).object.isEmpty)
        let equal = Tensor(shape: [12, 2], scalars: (0..<24).map { $0 % 2 == 0 ? 0.1 : 0.7 })
        #expect(try NormalizedCut(equal, gridHeight: 3, gridWidth: 4).object.isEmpty)
        #expect(try cut(Mask("#")).values == [0])
    }

    /// The generalised problem solved whole, by LAPACK: (D − W) x = λ D x through D^−½ (D − W) D^−½.
    @Test func theVectorIsTheSecondOfTheWholeProblem() throws {
        let count = 60, width = 4
        let noise = Mask.random(height: count * width, width: 24, share: 0.5, seed: 9).kept
        let scalars = (0..<count * width).map { index in
            Float(noise[index * 24..<(index + 1) * 24].count { $0 }) / 12 - 1 + (index % width == 0 ? 0.3 : 0)
        }
        let features = Tensor(shape: [count, width], scalars: scalars)
        let means = (0..<width).map { column in
            stride(from: column, to: scalars.count, by: width).reduce(Float(0)) { $0 + scalars[$1] } / Float(count)
        }
        let centred = scalars.enumerated().map { $1 - means[$0 % width] }
        let unit = Tensor(shape: [count, width], scalars: centred).l2Normalized().scalars
        var weights = [Double](repeating: 1e-5, count: count * count)
        for i in 0..<count {
            for j in 0..<count {
                let cosine = (0..<width).reduce(Float(0)) { $0 + unit[i * width + $1] * unit[j * width + $1] }
                if cosine > 0.2 || i == j { weights[i * count + j] = 1 }
            }
        }
        let roots = (0..<count).map { i in weights[i * count..<(i + 1) * count].reduce(0, +).squareRoot() }
        let normalized = weights.indices.map { index in
            let (i, j) = (index / count, index % count)
            return (i == j ? 1 : 0) - weights[index] / (roots[i] * roots[j])
        }
        let whole = try SymmetricEigenvectors.of(normalized, order: count, .smallest(2))
        let expected = (0..<count).map { whole.vectors[count + $0] / roots[$0] }
        let found = try NormalizedCut(features, gridHeight: 6, gridWidth: 10).values
        let peak = expected.max { abs($0) < abs($1) } ?? 1, leading = found.max { abs($0) < abs($1) } ?? 1
        for (value, reference) in zip(found, expected) {
            #expect(abs(Double(value / leading) - reference / peak) < 1e-5)
        }
    }

    @Test func refinementFollowsTheEdgesOfThePhotograph() throws {
        // The photograph's edge lies a quarter of a patch beside the patches'.
        let object = Mask("........", "..####..", "..####..", "..####..", "........", "........")
        let (height, width) = (48, 64)
        let isBright = (0..<height * width).map { pixel in
            (18..<46).contains(pixel % width) && (6..<30).contains(pixel / width)
        }
        let plane: [Float] = isBright.map { $0 ? 1.5 : -1 }
        let input = Tensor(shape: [3, height, width], scalars: plane + plane + plane)
        let cut = try cut(object)
        let patches = object.kept.count
        let blocky = (0..<height * width).map { object.kept[$0 / width / 8 * 8 + $0 % width / 8] }
        let refined = cut.refinedObject(along: input)
        let wrong = zip(refined.kept, isBright).count { $0 != $1 }, before = zip(blocky, isBright).count { $0 != $1 }
        #expect(patches == 48 && refined.height == height && refined.width == width)
        #expect(wrong < before / 2, "\(wrong) pixels differ, \(before) before")
        #expect(refined.components.count == 1)
    }

    @Test func refiningNothingGivesNothing() throws {
        let cut = try cut(Mask("..", ".."))
        let input = Tensor(zeros: [3, 8, 8])
        #expect(cut.refined(along: input).values.allSatisfy { $0 == 0 })
        #expect(cut.refinedObject(along: input).isEmpty)
    }
}
