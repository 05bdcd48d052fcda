import Images
import Testing

@Suite struct DrawingTests {
    private func red(_ picture: RGBImage, _ x: Int, _ y: Int) -> UInt8 { picture.pixels[(y * picture.width + x) * 3] }

    private func coverage(_ picture: RGBImage) -> Double {
        stride(from: 0, to: picture.pixels.count, by: 3).reduce(0) { $0 + Double(picture.pixels[$1]) / 255 }
    }

    @Test func aLineAlongTheMiddleOfARowCoversIt() {
        var picture = RGBImage(width: 8, height: 3, color: (0, 0, 0))
        picture.draw(from: .init(x: 0, y: 1.5), to: .init(x: 8, y: 1.5), thickness: 1, color: (255, 255, 255))
        for x in 0..<8 {
            #expect(red(picture, x, 1) == 255)
            #expect(red(picture, x, 0) == 0 && red(picture, x, 2) == 0)
        }
    }

    @Test func aLineBetweenTwoRowsIsHalfInEach() {
        var picture = RGBImage(width: 4, height: 4, color: (0, 0, 0))
        picture.draw(from: .init(x: 2, y: 0), to: .init(x: 2, y: 4), thickness: 1, color: (255, 255, 255))
        #expect((0..<4).allSatisfy { red(picture, 1, $0) == 128 && red(picture, 2, $0) == 128 })
        #expect((0..<4).allSatisfy { red(picture, 0, $0) == 0 && red(picture, 3, $0) == 0 })
    }

    @Test(arguments: [(90.0, 20.0), (20.0, 90.0), (60.0, 60.0), (37.0, 88.0)])
    func aLineHasTheAreaOfItsLengthAndThickness(_ end: (x: Double, y: Double)) {
        var picture = RGBImage(width: 100, height: 100, color: (0, 0, 0))
        picture.draw(from: .init(x: 10, y: 12), to: .init(x: end.x, y: end.y), thickness: 3, color: (255, 0, 0))
        let length = ((end.x - 10) * (end.x - 10) + (end.y - 12) * (end.y - 12)).squareRoot()
        let expected = 3 * length + .pi * 1.5 * 1.5
        #expect(abs(coverage(picture) - expected) < 0.03 * expected)
    }

    @Test func aLineFromAPlaceToItselfIsADisc() {
        var picture = RGBImage(width: 20, height: 20, color: (0, 0, 0))
        picture.draw(from: .init(x: 9.3, y: 10.8), to: .init(x: 9.3, y: 10.8), thickness: 9, color: (255, 0, 0))
        #expect(abs(coverage(picture) - .pi * 4.5 * 4.5) < 1)
        #expect(red(picture, 9, 10) == 255 && red(picture, 0, 0) == 0)
    }

    @Test func whatIsOutsideIsNotDrawn() {
        var picture = RGBImage(width: 5, height: 5, color: (1, 2, 3))
        let before = picture
        picture.draw(from: .init(x: -50, y: -9), to: .init(x: 80, y: -9), thickness: 2, color: (255, 255, 255))
        picture.draw(from: .init(x: 1e9, y: 4), to: .init(x: 2e9, y: 4), thickness: 2, color: (255, 255, 255))
        #expect(picture == before)
        picture.draw(from: .init(x: -1e6, y: 2.5), to: .init(x: 1e6, y: 2.5), thickness: 1, color: (255, 255, 255))
        #expect((0..<5).allSatisfy { red(picture, $0, 2) == 255 && red(picture, $0, 0) == 1 })
    }

    @Test func placesAPictureInAnother() {
        var picture = RGBImage(width: 3, height: 2, color: (0, 0, 0))
        picture.place(RGBImage(width: 1, height: 2, color: (7, 8, 9)), x: 2, y: 0)
        #expect(picture.pixels == [0, 0, 0, 0, 0, 0, 7, 8, 9, 0, 0, 0, 0, 0, 0, 7, 8, 9])
    }

    @Test func magnifiesEachPixelToASquare() {
        let picture = RGBImage(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6]).magnified(2)
        #expect(picture.width == 4 && picture.height == 2)
        let row: [UInt8] = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]
        #expect(picture.pixels == row + row)
    }
}
