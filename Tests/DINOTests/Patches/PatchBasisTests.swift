import DINO
import Tensors
import TestSupport
import Testing

/// Principal components held to their definition: directions that diagonalise the covariance, computed here in double.
@Suite struct PatchBasisTests {
    private func image(_ height: Int, _ width: Int, dimensions: Int = 12, seed: UInt64) -> GridFeatures {
        var generator = SeededGenerator(seed: seed)
        let scalars = (0..<height * width).flatMap { _ in
            // Numbers of falling spread, so that no two variances are alike.
            (0..<dimensions).map { 0.5 + Float.random(in: -1...1, using: &generator) * 3 / Float($0 + 1) }
        }
        return GridFeatures(
            Tensor(shape: [height * width, dimensions], scalars: scalars), height: height, width: width)
    }

    private func covariance(_ images: [GridFeatures]) -> (mean: [Double], matrix: [[Double]]) {
        let width = images[0].dimensions
        let rows = images.flatMap { image in
            (0..<image.count).map { row -> [Double] in
                (0..<width).map { Double(image.features.scalars[row * width + $0]) }
            }
        }
        let count = Double(rows.count)
        var mean = [Double](repeating: 0, count: width)
        for row in rows { for i in 0..<width { mean[i] += row[i] / count } }
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: width), count: width)
        for row in rows {
            for i in 0..<width {
                for j in 0..<width { matrix[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]) / (count - 1) }
            }
        }
        return (mean, matrix)
    }

    @Test func diagonalisesTheCovarianceOfAllImages() throws {
        let images = [image(8, 5, seed: 1), image(3, 4, seed: 2)]
        let fit = try PatchBasis.fit(images, .init(components: 5))
        let (mean, matrix) = covariance(images)
        let trace = (0..<12).reduce(0) { $0 + matrix[$1][$1] }
        for (found, expected) in zip(fit.basis.mean, mean) { #expect(abs(Double(found) - expected) < 1e-6) }
        #expect(fit.explained == fit.explained.sorted(by: >))
        for component in 0..<5 {
            let v = (0..<12).map { Double(fit.basis.components[component * 12 + $0]) }
            for row in 0..<12 {
                let product = (0..<12).reduce(0) { $0 + matrix[row][$1] * v[$1] }
                #expect(abs(product - fit.explained[component] * trace * v[row]) < 1e-5)
            }
            for other in 0...component {
                let dot = (0..<12).reduce(0) { $0 + v[$1] * Double(fit.basis.components[other * 12 + $1]) }
                #expect(abs(dot - (other == component ? 1 : 0)) < 1e-6)
            }
        }
    }

    @Test func finishesTheVarianceWithAllComponents() throws {
        let fit = try PatchBasis.fit([image(6, 7, seed: 3)], .init(components: 12))
        #expect(abs(fit.explained.reduce(0, +) - 1) < 1e-9)
    }

    @Test func givesEveryDirectionTheSameSign() throws {
        let basis = try PatchBasis.fit([image(9, 9, seed: 4)], .init(components: 6)).basis
        for component in 0..<6 {
            let v = basis.components[component * 12..<(component + 1) * 12]
            #expect(v.max() == v.map { abs($0) }.max())
        }
        #expect(try PatchBasis.fit([image(9, 9, seed: 4)], .init(components: 6)).basis == basis)
    }

    @Test func colorsGoFromTheLeastToTheLargestValueOfAllImages() throws {
        let images = [image(4, 6, seed: 5), image(5, 2, seed: 6)]
        let basis = try PatchBasis.fit(images).basis
        let pictures = images.map { basis.picture(of: $0) }
        for component in 0..<3 {
            let values = pictures.flatMap { picture in
                stride(from: component, to: picture.values.count, by: 3).map { picture.values.scalars[$0] }
            }
            #expect(basis.ranges[component] == .init(low: values.min() ?? 0, high: values.max() ?? 0))
            let colors = pictures.flatMap { picture in
                stride(from: component, to: picture.colors.pixels.count, by: 3).map { picture.colors.pixels[$0] }
            }
            #expect(colors.min() == 0 && colors.max() == 255)
        }
        #expect(pictures[0].colors.width == 6 && pictures[0].colors.height == 4)
        #expect(pictures[1].values.shape == [10, 3])
    }

    @Test func leavesTheOutermostValuesOutWithQuantiles() throws {
        let line = GridFeatures(Tensor(shape: [101, 1], scalars: (0...100).map { Float($0) }), height: 1, width: 101)
        let basis = try PatchBasis.fit([line], .init(components: 1, spread: .quantile)).basis
        #expect(basis.mean == [50])
        #expect(basis.ranges == [.init(low: -48, high: 48)])
        let colors = basis.picture(of: line).colors
        #expect(colors.pixels.prefix(9).allSatisfy { $0 == 0 })
        #expect(colors.pixels.suffix(9).allSatisfy { $0 == 255 })
        #expect(colors.pixels[150] == 128)
    }

    @Test func twoComponentsHaveNoBlueAndOneIsGrey() throws {
        let picture = image(5, 5, seed: 7)
        let two = try PatchBasis.fit([picture], .init(components: 2)).basis.picture(of: picture).colors
        #expect(stride(from: 2, to: 75, by: 3).allSatisfy { two.pixels[$0] == 0 })
        let one = try PatchBasis.fit([picture], .init(components: 1)).basis.picture(of: picture).colors
        #expect((0..<25).allSatisfy { one.pixels[$0 * 3] == one.pixels[$0 * 3 + 2] })
        #expect((0..<25).allSatisfy { one.pixels[$0 * 3] == two.pixels[$0 * 3] })
    }

    @Test func aBasisThatIsGivenBackColorsTheSame() throws {
        let images = [image(7, 3, seed: 8), image(4, 4, seed: 9)]
        let basis = try PatchBasis.fit(images, .init(foreground: true)).basis
        let again = try #require(
            PatchBasis(
                mean: basis.mean, components: basis.components, ranges: basis.ranges, foreground: basis.foreground))
        for image in images { #expect(again.picture(of: image) == basis.picture(of: image)) }
    }

    @Test func refusesABasisThatContradictsItself() throws {
        let span = PatchBasis.Span(low: 0, high: 1)
        #expect(PatchBasis(mean: [0, 0], components: [1, 0], ranges: [span], foreground: nil) != nil)
        #expect(PatchBasis(mean: [], components: [], ranges: [], foreground: nil) == nil)
        #expect(PatchBasis(mean: [0, 0], components: [1, 0, 0], ranges: [span], foreground: nil) == nil)
        #expect(PatchBasis(mean: [0, .nan], components: [1, 0], ranges: [span], foreground: nil) == nil)
        #expect(
            PatchBasis(mean: [0, 0], components: [1, 0], ranges: [.init(low: 1, high: 0)], foreground: nil) == nil)
        #expect(
            PatchBasis(
                mean: [0, 0], components: [1, 0], ranges: [span],
                foreground: .init(mean: [0], direction: [1], threshold: 0)) == nil)
    }

    @Test func refusesMoreComponentsThanPatchesVaryIn() {
        let small = image(2, 2, seed: 10)
        #expect(throws: PatchBasisError.tooFew(patches: 4, width: 12, components: 4)) {
            try PatchBasis.fit([small], .init(components: 4))
        }
        #expect(throws: PatchBasisError.tooFew(patches: 100, width: 12, components: 13)) {
            try PatchBasis.fit([image(10, 10, seed: 11)], .init(components: 13))
        }
    }

    @Test func refusesNumbersThatAreNotFinite() {
        var features = image(3, 3, seed: 12).features
        features.scalars[7] = .infinity
        #expect(throws: PatchBasisError.eigenvectors(.notFinite)) {
            try PatchBasis.fit([GridFeatures(features, height: 3, width: 3)])
        }
    }

    @Test func colorsPatchesThatAreAllAlikeInTheMiddle() throws {
        let flat = GridFeatures(Tensor(shape: [6, 2], scalars: [Float](repeating: 2, count: 12)), height: 2, width: 3)
        let fit = try PatchBasis.fit([flat], .init(components: 1))
        #expect(fit.explained == [0])
        #expect(fit.basis.picture(of: flat).colors.pixels == [UInt8](repeating: 128, count: 18))
    }
}
