import DINO
import DINOTraining
import Images
import Tensors
import Testing

@Suite(.timeLimit(.minutes(1))) struct CropLoaderTests {
    private let recipe: Recipe = {
        var recipe = Recipe()
        recipe.batch = 3
        recipe.crops.localNumber = 4
        recipe.seed = 11
        return recipe
    }()

    private func store(_ count: Int) -> ImageStore {
        let images = (0..<count).map { RGBImage.noise(width: 20 + $0 % 3, height: 24 - $0 % 5, seed: UInt64($0)) }
        return ImageStore(images: images, labels: images.map { _ in nil })
    }

    private func loader(
        _ store: ImageStore, _ recipe: Recipe? = nil, firstStep: Int = 0, threads: Int = 2,
        sizes: @escaping @Sendable (Int) -> CropSizes = { _ in CropSizes(global: 16, local: 8) }
    ) -> CropLoader {
        CropLoader(store, recipe: recipe ?? self.recipe, firstStep: firstStep, threads: threads, sizes: sizes)
    }

    private func pixels(_ batch: CropBatch) -> [Tensor] { batch.groups.map(\.pixels) }

    private func reason(_ loader: CropLoader) -> String {
        do {
            _ = try loader.next()
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func batchesHaveTheShapesOfTheirSizes() throws {
        let loader = loader(store(7)) { step in
            step == 0 ? CropSizes(global: 16, local: 8) : CropSizes(global: 24, local: 12)
        }
        for (step, sides) in [(0, [16, 8]), (1, [24, 12])] {
            let batch = try loader.next()
            #expect(batch.step == step && batch.images == 3)
            #expect(batch.groups.map(\.size) == sides && batch.groups.map(\.views) == [2, 4])
            #expect(batch.groups[0].pixels.shape == [6, 3, sides[0], sides[0]])
            #expect(batch.groups[1].pixels.shape == [12, 3, sides[1], sides[1]])
            #expect(batch.groups.allSatisfy { $0.pixels.scalars.allSatisfy { abs($0) < 3 } })
        }
    }

    @Test func withoutLocalCropsThereIsOneGroup() throws {
        var recipe = recipe
        recipe.crops.localNumber = 0
        #expect(try loader(store(3), recipe).next().groups.count == 1)
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        let store = store(10)
        let one = loader(store, threads: 1), three = loader(store, threads: 3)
        for step in 0..<8 {
            let (first, second) = (try one.next(), try three.next())
            #expect(first.step == step && second.step == step)
            #expect(pixels(first) == pixels(second), "step \(step)")
        }
    }

    @Test func aRunTakenUpAgainGetsTheSameBatches() throws {
        let store = store(10)
        let whole = loader(store)
        var expected: [[Tensor]] = []
        for _ in 0..<7 { expected.append(pixels(try whole.next())) }
        let resumed = loader(store, firstStep: 4)
        for step in 4..<7 { #expect(try pixels(resumed.next()) == expected[step], "step \(step)") }
    }

    @Test func theSeedChangesEverything() throws {
        var other = recipe
        other.seed = 12
        let store = store(6)
        #expect(try pixels(loader(store).next()) != pixels(loader(store, other).next()))
    }

    /// The views of one image lie one batch apart.
    @Test func viewsAreTheOutermostDimension() throws {
        let plain = plainRecipe()
        let batch = try loader(evenStore(5), plain).next()
        let count = 3 * 16 * 16
        let scalars = batch.groups[0].pixels.scalars
        for image in 0..<3 {
            let first = scalars[(image * count)..<((image + 1) * count)]
            let second = scalars[((3 + image) * count)..<((4 + image) * count)]
            #expect(Array(first) == Array(second), "image \(image)")
        }
        #expect(Array(scalars[..<count]) != Array(scalars[count..<(2 * count)]))
    }

    /// Images of one colour each, so that the first sample of a crop tells its image.
    private func evenStore(_ count: Int) -> ImageStore {
        let images = (0..<count).map { index in
            RGBImage(width: 8, height: 8, pixels: [UInt8](repeating: UInt8(index * 20), count: 192))
        }
        return ImageStore(images: images, labels: images.map { _ in nil })
    }

    /// Crops without any change.
    private func plainRecipe() -> Recipe {
        var recipe = recipe
        recipe.augmentation.flip = 0
        recipe.augmentation.jitter = 0
        recipe.augmentation.gray = 0
        recipe.augmentation.blur = [0, 0, 0]
        recipe.augmentation.solarize = 0
        return recipe
    }

    @Test func anEpochShowsEveryImageOnceAndDropsTheRest() throws {
        let loader = loader(evenStore(11), plainRecipe(), threads: 3)
        #expect(CropLoader.stepsPerEpoch(images: 11, batch: 3) == 3)
        var orders: [[Float]] = []
        for _ in 0..<4 {
            var seen: [Float] = []
            for _ in 0..<3 {
                let scalars = try loader.next().groups[0].pixels.scalars
                seen += (0..<3).map { scalars[$0 * 3 * 16 * 16] }
            }
            #expect(Set(seen).count == 9)
            orders.append(seen)
        }
        #expect(Set(orders).count == 4)
    }

    @Test func fewerImagesThanABatchAreBothNamed() {
        #expect(reason(loader(store(2))).contains("2 images are fewer than the 3 of a batch"))
        #expect(reason(loader(store(1))).contains("1 image is fewer than the 3 of a batch"))
        #expect(CropLoader.stepsPerEpoch(images: 2, batch: 3) == 0)
    }

    @Test func contradictoryCropsAreRefused() {
        for change: (inout Recipe) -> Void in [
            { $0.crops.globalScale = .init(0.5, 0.4) }, { $0.crops.localScale = .init(0, 0.4) },
            { $0.crops.localNumber = -1 }, { $0.augmentation.blur = [1] }, { $0.augmentation.blurSigma = [2, 1] },
            { $0.augmentation.flip = 1.5 }, { $0.augmentation.hue = 0.7 }, { $0.augmentation.brightness = .nan },
            { $0.crops.globalSize = 0 },
        ] {
            var wrong = recipe
            change(&wrong)
            #expect(reason(loader(store(6), wrong)) != "none")
            #expect(throws: TrainingError.self) { try wrong.check() }
        }
        #expect(throws: Never.self) { try recipe.check() }
    }

    @Test func aFailingWorkerIsAnErrorOfItsStep() throws {
        let loader = loader(store(6)) { step in CropSizes(global: step == 1 ? 0 : 16, local: 8) }
        #expect(try loader.next().step == 0)
        #expect(reason(loader).contains("step 1 asks for crops of 0"))
    }

    @Test func aStoppedLoaderSaysSo() throws {
        let loader = loader(store(6))
        _ = try loader.next()
        loader.stop()
        #expect(reason(loader).contains("the loader has been stopped"))
        #expect(loader.waited > .zero)
    }
}
