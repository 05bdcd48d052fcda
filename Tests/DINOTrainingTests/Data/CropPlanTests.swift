import DINO
import DINOTraining
import Images
import Testing

@Suite struct CropPlanTests {
    @Test func wholeCropsAreTorchvisionsAndPillows() throws {
        let fixtures = try #require(CropFixtures.expected)
        #expect(fixtures.crops.count == 3)
        for expected in fixtures.crops {
            var plan = CropPlan(
                box: .init(x: expected.box[0], y: expected.box[1], width: expected.box[2], height: expected.box[3]))
            plan.flip = expected.flip
            plan.jitter = ColorJitter(expected.jitter.map(\.change))
            plan.gray = expected.gray
            plan.blur = expected.blur > 0 ? expected.blur : nil
            plan.solarize = expected.solarize
            let crop = plan(fixtures.picture.image, size: expected.size)
            #expect(crop == expected.result.image, "a crop of \(expected.box)")

            var scalars = [Float](repeating: 0, count: 3 * expected.size * expected.size)
            var span = scalars.mutableSpan
            Normalization(mean: Preprocessing.evaluation.mean, std: Preprocessing.evaluation.std)
                .write(crop, to: &span)
            for channel in 0..<3 {
                #expect(abs(scalars[channel * expected.size * expected.size] - expected.firstPixel[channel]) < 1e-6)
            }
        }
    }

    /// 10,000 plans of each view: every rate within four standard deviations of the recipe's.
    @Test(arguments: CropView.allCases)
    func ratesAreTheRecipes(view: CropView) {
        let recipe = Recipe()
        let plans = plans(view, recipe)
        func check(_ rate: Double, _ name: String, _ holds: (CropPlan) -> Bool) {
            let count = Double(plans.count(where: holds)), expected = rate * Double(plans.count)
            let deviation = (expected * (1 - rate)).squareRoot()
            #expect(abs(count - expected) <= 4 * deviation, "\(name): \(count) of \(plans.count)")
        }
        check(0.5, "flip") { $0.flip }
        check(0.8, "jitter") { $0.jitter != nil }
        check(0.2, "grey") { $0.gray }
        check([1, 0.1, 0.5][view.rawValue], "blur") { $0.blur != nil }
        check(view == .secondGlobal ? 0.2 : 0, "solarise") { $0.solarize }
        // Independence: of the jittered as many are grey.
        check(0.8 * 0.2, "jitter and grey") { $0.jitter != nil && $0.gray }
    }

    private func plans(_ view: CropView, _ recipe: Recipe, globalSize: Int = 224) -> [CropPlan] {
        (0..<10_000).map { image in
            var generator = CounterGenerator(seed: 9, epoch: 0, image: image, crop: view.rawValue, step: 0)
            return CropPlan(
                view, width: 64, height: 48, globalSize: globalSize, recipe: recipe, &generator)
        }
    }

    @Test func jitterFactorsFillTheirRangesInEveryOrder() {
        let jitters = plans(.local, Recipe()).compactMap(\.jitter)
        var orders: Set<String> = []
        var hues: [Double] = [], brightness: [Double] = []
        for jitter in jitters {
            #expect(jitter.changes.count == 4)
            orders.insert(
                jitter.changes.map { change in
                    switch change {
                    case .brightness(let factor):
                        brightness.append(factor)
                        return "b"
                    case .contrast(let factor):
                        #expect((0.6...1.4).contains(factor))
                        return "c"
                    case .saturation(let factor):
                        #expect((0.8...1.2).contains(factor))
                        return "s"
                    case .hue(let turns):
                        hues.append(turns)
                        return "h"
                    }
                }.joined())
        }
        #expect(orders.count == 24)
        #expect(hues.allSatisfy((-0.1...0.1).contains) && brightness.allSatisfy((0.6...1.4).contains))
        #expect((hues.min() ?? 0) < -0.099 && (hues.max() ?? 0) > 0.099)
        #expect((brightness.min() ?? 1) < 0.61 && (brightness.max() ?? 1) > 1.39)
    }

    @Test func whatIsSwitchedOffIsNotDone() {
        var recipe = Recipe()
        recipe.augmentation.flip = 0
        recipe.augmentation.jitter = 1
        recipe.augmentation.contrast = 0
        recipe.augmentation.hue = 0
        recipe.augmentation.gray = 0
        recipe.augmentation.blur = [0, 0, 0]
        recipe.augmentation.solarize = 0
        for plan in plans(.secondGlobal, recipe) {
            #expect(!plan.flip && !plan.gray && plan.blur == nil && !plan.solarize)
            #expect(plan.jitter?.changes.count == 2)
        }
    }

    @Test func theBlurShrinksWithSmallCropsAndIsTheReferencesFrom224On() {
        let settings = Recipe.Augmentation()
        #expect(CropPlan.blurRange(settings, globalSize: 224) == 0.1...2)
        #expect(CropPlan.blurRange(settings, globalSize: 448) == 0.1...2)
        #expect(CropPlan.blurRange(settings, globalSize: 56) == 0.1...0.5)
        #expect(CropPlan.blurRange(settings, globalSize: 2) == 0.1...0.1)
        let sigmas = plans(.firstGlobal, Recipe(), globalSize: 112).compactMap(\.blur)
        #expect(sigmas.allSatisfy { (0.099...1).contains($0) } && (sigmas.max() ?? 0) > 0.99)
    }

    @Test func theFirstDrawsAreTheReferencesInItsOrder() {
        let recipe = Recipe()
        var stream = CounterGenerator(seed: 3, epoch: 1, image: 2, crop: 1, step: 4), same = stream
        let plan = CropPlan(.secondGlobal, width: 500, height: 375, globalSize: 224, recipe: recipe, &stream)
        #expect(plan.box == CropBox(inWidth: 500, height: 375, scale: .init(0.4, 1)) { same.uniform() })
        #expect(plan.flip == (same.uniform() < 0.5))
        #expect((plan.jitter != nil) == (same.uniform() < 0.8))
    }

    @Test func aPlanThatDoesNothingCutsAndResizes() {
        let image = RGBImage.noise(width: 20, height: 14, seed: 1)
        let plan = CropPlan(box: .init(x: 3, y: 2, width: 10, height: 8))
        let expected = image.cropped(x: 3, y: 2, width: 10, height: 8).resized(width: 6, height: 6, filter: .bicubic)
        #expect(plan(image, size: 6) == expected)
    }
}
