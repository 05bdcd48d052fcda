import DINO
import FeatureAPI
import Testing

@Suite struct PatchGridTests {
    /// 256 to 224 with patches of 14: 16 × 16 patches over the middle 7/8 of the shorter side.
    private let evaluation = Preprocessing(resize: 256, crop: 224)
    private let squash = Preprocessing(fit: .squash, resize: 224, crop: 224)

    private func grid(_ rule: Preprocessing, _ width: Int, _ height: Int, side: Int = 224) -> PatchGrid {
        PatchGrid(
            height: side / 14, width: side / 14, imageWidth: width, imageHeight: height, preprocessing: rule, side: side
        )
    }

    @Test func coversTheMiddleOfAWidePhotograph() throws {
        let grid = grid(evaluation, 1024, 512)
        // 512 pixels become 256, so 224 are 448: 288..<736 across and 32..<480 down.
        #expect(grid.box(columns: 0..<16, rows: 0..<16) == .init(x0: 288, y0: 32, x1: 736, y1: 480))
        #expect(grid.box(columns: 3..<5, rows: 15..<16) == .init(x0: 372, y0: 452, x1: 428, y1: 480))
    }

    @Test func coversTheMiddleOfATallPhotograph() throws {
        let grid = grid(evaluation, 512, 1024)
        #expect(grid.box(columns: 0..<16, rows: 0..<16) == .init(x0: 32, y0: 288, x1: 480, y1: 736))
    }

    @Test func coversAllOfASquashedPhotograph() throws {
        let grid = grid(squash, 1600, 400)
        #expect(grid.box(columns: 0..<16, rows: 0..<16) == .init(x0: 0, y0: 0, x1: 1600, y1: 400))
        #expect(try grid.patches(in: .box(x0: 0, y0: 0, x1: 1600, y1: 400)) == Array(0..<256))
        #expect(try grid.patches(in: .points([.init(x: 1599, y: 399)])) == [255])
        #expect(try grid.patches(in: .points([.init(x: 0, y: 0)])) == [0])
    }

    /// Sizes that divide into patches and that do not, with more and with fewer pixels than patches.
    @Test(arguments: [(1024, 512), (512, 1024), (333, 217), (16, 16), (7, 40), (1, 1)])
    func aPixelIsOfThePatchThatItsMiddleLiesIn(_ width: Int, _ height: Int) {
        for rule in [evaluation, squash] {
            let coverage = rule.coverage(width: width, height: height, side: 224), grid = grid(rule, width, height)
            func patch(_ pixel: Int, of length: Int, in share: Range<Double>) -> Int? {
                let place = ((Double(pixel) + 0.5) / Double(length) - share.lowerBound)
                let patch = Int((place / (share.upperBound - share.lowerBound) * 16 + 1e-9).rounded(.down))
                return (0..<16).contains(patch) ? patch : nil
            }
            let kept = (0..<256).map { $0 % 3 == 0 || $0 / 16 == 5 }
            let expected = (0..<width * height).map { pixel in
                guard let column = patch(pixel % width, of: width, in: coverage.x),
                    let row = patch(pixel / width, of: height, in: coverage.y)
                else { return false }
                return kept[row * 16 + column]
            }
            let mask = Mask(height: 16, width: 16, kept: kept)
            #expect(grid.placed(mask).pixels.kept == expected)
            let field = grid.field(kept.map { $0 ? 1 : 0 }, isSmooth: false)
            #expect(field.imageWidth == width && field.imageHeight == height)
            // A middle on the very edge between two patches may fall either way in the field.
            let different = zip(field.pixels, expected).count { ($0 > 0) != $1 }
            #expect(different * 16 <= width * height)
        }
    }

    @Test func takesThePatchesWhoseMiddleIsInTheBox() throws {
        let grid = grid(squash, 160, 160)  // ten pixels a patch
        #expect(try grid.patches(in: .box(x0: 10, y0: 20, x1: 30, y1: 30)) == [33, 34])
        #expect(try grid.patches(in: .box(x0: 14, y0: 20, x1: 26, y1: 30)) == [33, 34])
        #expect(try grid.patches(in: .box(x0: 15.5, y0: 20, x1: 26, y1: 30)) == [34])
    }

    @Test func takesTheOnePatchOfABoxWithoutAMiddle() throws {
        let grid = grid(squash, 160, 160)
        #expect(try grid.patches(in: .box(x0: 16, y0: 26, x1: 18, y1: 29)) == [33])
        #expect(try grid.patches(in: .box(x0: 159, y0: 159, x1: 160, y1: 160)) == [255])
        #expect(try grid.patches(in: .box(x0: 0, y0: 0, x1: 0.25, y1: 0.25)) == [0])
    }

    @Test func takesWhatTheModelSeesOfABox() throws {
        let grid = grid(evaluation, 1024, 512)
        #expect(try grid.patches(in: .box(x0: 0, y0: 0, x1: 1024, y1: 512)) == Array(0..<256))
        #expect(try grid.patches(in: .box(x0: 0, y0: 0, x1: 300, y1: 40)) == [0])
    }

    @Test func refusesABoxThatIsCutOff() throws {
        let error = #expect(throws: FeatureAPIError.self) {
            _ = try grid(evaluation, 1024, 512).patches(in: .box(x0: 0, y0: 0, x1: 280, y1: 512))
        }
        #expect(error?.detail.contains("the model sees x from 288 to 736 and y from 32 to 480") == true)
    }

    @Test func seesAPointOnTheEdgeOfWhatItSaysItSees() throws {
        // 30 pixels become 12, of which 8 are 5..<25; the share of them is no number of the processor's.
        let grid = PatchGrid(
            height: 2, width: 2, imageWidth: 30, imageHeight: 20, preprocessing: Preprocessing(resize: 8, crop: 8),
            side: 8)
        #expect(try grid.patches(in: .points([.init(x: 5, y: 0)])) == [0])
        #expect(throws: FeatureAPIError.self) { try grid.patches(in: .points([.init(x: 4.99, y: 0)])) }
    }

    @Test(arguments: [(30, 20), (640, 427), (333, 500), (7, 900), (225, 224)])
    func seesTheMiddlesOfThePixelsThatAFieldCovers(_ size: (width: Int, height: Int)) {
        let grid = grid(evaluation, size.width, size.height)
        let seen = grid.seenMiddles
        let pixels = grid.field([Float](repeating: 1, count: 256), isSmooth: true).pixels
        for y in 0..<size.height {
            for x in 0..<size.width {
                let isSeen = (seen.x0..<seen.x1).contains(x) && (seen.y0..<seen.y1).contains(y)
                #expect((pixels[y * size.width + x] > 0) == isSeen)
            }
        }
    }

    @Test func refusesAPointThatIsCutOff() throws {
        let error = #expect(throws: FeatureAPIError.self) {
            _ = try grid(evaluation, 1024, 512).patches(in: .points([.init(x: 500, y: 100), .init(x: 500, y: 31)]))
        }
        #expect(error?.detail.contains("cuts the point (500.0, 31.0)") == true)
    }

    @Test(arguments: [
        RegionQuery.Shape.box(x0: -1, y0: 0, x1: 5, y1: 5), .box(x0: 0, y0: 0, x1: 5, y1: 161),
        .points([.init(x: 160, y: 3)]), .points([.init(x: 3, y: -0.5)]), .points([.init(x: 1e300, y: 1)]),
    ])
    func refusesWhatIsOutsideTheImage(_ shape: RegionQuery.Shape) {
        let error = #expect(throws: FeatureAPIError.self) { _ = try grid(squash, 160, 160).patches(in: shape) }
        #expect(error?.kind == .invalidOption)
        #expect(error?.detail.contains("160 × 160 pixels") == true)
    }

    @Test func countsAPatchOnce() throws {
        let points = [RegionQuery.Point(x: 41, y: 5), .init(x: 1, y: 1), .init(x: 49, y: 9.5)]
        #expect(try grid(squash, 160, 160).patches(in: .points(points)) == [0, 4])
    }

    @Test(arguments: [(1, 1), (3, 900), (900, 3), (225, 224), (640, 427), (33, 57), (1, 16_000)])
    func findsEveryPatchAgainAtTheMiddleOfItsPixels(_ size: (width: Int, height: Int)) throws {
        for rule in [evaluation, squash, Preprocessing(fit: .squash, resize: 256, crop: 224)] {
            for side in [224, 98, 14] {
                let grid = grid(rule, size.width, size.height, side: side), patches = side / 14
                for row in 0..<patches {
                    for column in 0..<patches {
                        let box = grid.box(columns: column..<column + 1, rows: row..<row + 1)
                        #expect(box.x0 >= 0 && box.x0 < box.x1 && box.x1 <= size.width)
                        #expect(box.y0 >= 0 && box.y0 < box.y1 && box.y1 <= size.height)
                        let found = try grid.patches(
                            in: .box(
                                x0: Double(box.x0), y0: Double(box.y0), x1: Double(box.x1), y1: Double(box.y1)))
                        // A pixel that holds several patches gives all of them, or the one in its middle.
                        #expect(found.contains(row * patches + column) || size.width < patches || size.height < patches)
                    }
                }
            }
        }
    }

    @Test func isNotSquareWhereTheGridIsNot() throws {
        let grid = PatchGrid(
            height: 2, width: 5, imageWidth: 100, imageHeight: 100, preprocessing: squash, side: 224)
        #expect(try grid.patches(in: .points([.init(x: 99, y: 99)])) == [9])
        #expect(grid.box(columns: 1..<2, rows: 1..<2) == .init(x0: 20, y0: 50, x1: 40, y1: 100))
    }
}
