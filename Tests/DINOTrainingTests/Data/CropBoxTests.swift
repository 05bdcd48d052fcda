import DINOTraining
import Testing

@Suite struct CropBoxTests {
    @Test func boxesAreTorchvisionsForTheSameRandomNumbers() throws {
        let boxes = try #require(CropFixtures.expected).boxes
        #expect(boxes.count > 50)
        for expected in boxes {
            var rest = expected.uniforms[...]
            let box = CropBox(
                inWidth: expected.width, height: expected.height,
                scale: .init(expected.scale[0], expected.scale[1])
            ) { rest.popFirst() ?? .nan }
            #expect([box.x, box.y, box.width, box.height] == expected.box, "in \(expected.width)×\(expected.height)")
            #expect(rest.isEmpty)
        }
    }

    @Test func boxesLieWithinThePictureAndCoverTheirShare() {
        var generator = CounterGenerator(seed: 1, epoch: 0, image: 0, crop: 0, step: 0)
        for _ in 0..<5000 {
            let width = 1 + generator.below(90), height = 1 + generator.below(90)
            let box = CropBox(inWidth: width, height: height, scale: .init(0.3, 0.6)) { generator.uniform() }
            #expect(box.width > 0 && box.height > 0)
            #expect(box.x >= 0 && box.x + box.width <= width)
            #expect(box.y >= 0 && box.y + box.height <= height)
        }
        for _ in 0..<1000 {
            let box = CropBox(inWidth: 400, height: 400, scale: .init(0.3, 0.6)) { generator.uniform() }
            #expect((0.29...0.61).contains(Double(box.width * box.height) / 160_000))
            #expect((0.74...1.35).contains(Double(box.width) / Double(box.height)))
        }
    }

    @Test func everyPlaceOfASmallPictureIsReached() {
        var generator = CounterGenerator(seed: 2, epoch: 0, image: 0, crop: 0, step: 0)
        var corners: Set<[Int]> = []
        for _ in 0..<3000 {
            let box = CropBox(inWidth: 4, height: 4, scale: .init(0.2, 0.3)) { generator.uniform() }
            corners.insert([box.x, box.y, box.x + box.width, box.y + box.height])
        }
        #expect(corners.contains { $0[0] == 0 } && corners.contains { $0[1] == 0 })
        #expect(corners.contains { $0[2] == 4 } && corners.contains { $0[3] == 4 })
    }
}
