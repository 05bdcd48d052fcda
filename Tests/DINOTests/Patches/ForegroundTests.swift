import DINO
import Tensors
import TestSupport
import Testing

/// The first step that tells foreground from background, on features that are made of two groups.
@Suite struct ForegroundTests {
    /// Rows 3..<7 and columns 2..<6 of a grid of 10 × 8 are an object.
    private func isObject(_ patch: Int) -> Bool { (3..<7).contains(patch / 8) && (2..<6).contains(patch % 8) }

    /// Objects lie at `side` along the first number; the others vary a little.
    private func image(side: Float, seed: UInt64) -> GridFeatures {
        var generator = SeededGenerator(seed: seed)
        let scalars = (0..<80).flatMap { patch in
            [isObject(patch) ? side : -side]
                + (0..<4).map { _ in Float.random(in: -0.3...0.3, using: &generator) }
        }
        return GridFeatures(Tensor(shape: [80, 5], scalars: scalars), height: 10, width: 8)
    }

    @Test(arguments: [1, -1] as [Float])
    func findsTheGroupThatIsLessOnTheEdges(side: Float) throws {
        let images = [image(side: side, seed: 1), image(side: side, seed: 2)]
        let basis = try PatchBasis.fit(images, .init(foreground: true)).basis
        for image in images {
            let picture = basis.picture(of: image)
            #expect(picture.isForeground == (0..<80).map(isObject))
            for patch in 0..<80 where !isObject(patch) {
                #expect(picture.colors.pixels[patch * 3..<patch * 3 + 3].allSatisfy { $0 == 0 })
            }
        }
    }

    @Test func theDirectionsAreThoseOfTheForeground() throws {
        let image = image(side: 1, seed: 3)
        let rows = (0..<80).filter(isObject)
        let object = GridFeatures(
            Tensor(
                shape: [16, 5], scalars: rows.flatMap { image.features.scalars[$0 * 5..<($0 + 1) * 5] }), height: 4,
            width: 4)
        let found = try PatchBasis.fit([image], .init(foreground: true)).basis
        let alone = try PatchBasis.fit([object]).basis
        #expect(found.mean == alone.mean && found.components == alone.components && found.ranges == alone.ranges)
        #expect(alone.foreground == nil)
    }

    @Test func refusesAForegroundOfTooFewPatches() {
        let scalars = (0..<25).flatMap { (patch: Int) -> [Float] in [patch == 12 ? 1 : 0, Float(patch) / 1000] }
        let image = GridFeatures(Tensor(shape: [25, 2], scalars: scalars), height: 5, width: 5)
        #expect(throws: PatchBasisError.tooFew(patches: 1, width: 2, components: 2)) {
            try PatchBasis.fit([image], .init(components: 2, foreground: true))
        }
    }
}
