import DINOTraining
import Images
import Tensors
import TestSupport
import Testing

@Suite struct AblationTests {
    private static let toy: Recipe = {
        var recipe = Ablation.recipe
        recipe.network.embedDim = 16
        recipe.network.depth = 1
        recipe.network.heads = 2
        recipe.imageSize = 8
        recipe.crops.globalSize = 8
        recipe.crops.localSize = 4
        recipe.head.outDim = 16
        recipe.head.hidden = 16
        recipe.head.bottleneck = 8
        recipe.batch = 4
        return recipe
    }()

    private static func store() -> ImageStore {
        let images = (0..<12).map { RGBImage.noise(width: 8, height: 8, seed: $0) }
        return ImageStore(images: images, labels: images.map { _ in nil })
    }

    private func run(_ variants: [AblationVariant], steps: Int, stop: StopFlag = StopFlag()) throws -> [Ablation.Course]
    {
        try Ablation(recipe: Self.toy, steps: steps).run(
            variants, on: Self.store(), compute: Compute(threads: 2), workers: 1, stop: stop, evaluation: nil
        ) { _, _ in }
    }

    @Test func eachVariantChangesOneThing() {
        let full = Self.toy
        #expect(AblationVariant.full.applied(to: full) == full)
        var centered = AblationVariant.noCentering.applied(to: full)
        #expect(!centered.centering)
        centered.centering = true
        #expect(centered == full)
        let blunt = AblationVariant.noSharpening.applied(to: full)
        #expect(blunt.teacherTemp == full.studentTemp && blunt.warmupTeacherTemp == full.studentTemp)
        let copied = Schedules(AblationVariant.noMomentum.applied(to: full), stepsPerEpoch: 10)
        #expect((0..<10).allSatisfy { copied.rates(step: $0).momentum == 0 })
    }

    @Test func coursesBeginWithTheSameLossOnTheSameCrops() throws {
        let courses = try run([.full, .noCentering, .noMomentum], steps: 12)
        #expect(courses.map(\.measures.count) == [12, 12, 12])
        #expect(Set(courses.map { $0.measures[0].loss }).count == 1)
        #expect(courses[0].measures[11].loss != courses[1].measures[11].loss)
        #expect(courses[0].measures[11].loss != courses[2].measures[11].loss)
    }

    /// A course is a whole run: its schedules end with its steps, however many epochs the recipe counts them by.
    @Test func schedulesRunThroughWhateverTheEpochs() throws {
        var short = Self.toy, long = Self.toy
        short.learningRate = 1
        short.warmupEpochs = 0  // where it ends is a matter of whole steps
        long.learningRate = 1
        long.epochs = 8
        long.warmupEpochs = 0
        let ends = try [short, long].map { recipe in
            try Ablation(recipe: recipe, steps: 20).run(
                [.full], on: Self.store(), compute: Compute(threads: 2), workers: 1, stop: StopFlag(), evaluation: nil
            ) { _, _ in }[0].measures[19].loss
        }
        #expect(abs(ends[0] - ends[1]) < 1e-6 * ends[0], "\(ends)")
    }

    @Test func claimsAreHeldAgainstTheEndOfACourse() {
        func outcome(_ variant: AblationVariant, entropy: Double, kl: Double) -> Bool? {
            AblationOutcome(variant: variant, entropy: entropy * 5, kl: kl * 5, lnK: 5, knn: nil).holds
        }
        #expect(outcome(.full, entropy: 0.6, kl: 0.1) == true)
        #expect(outcome(.full, entropy: 0.999, kl: 0.0001) == false)
        #expect(outcome(.full, entropy: 0.01, kl: 0.1) == false)
        #expect(outcome(.noCentering, entropy: 0.001, kl: 0.001) == true)
        #expect(outcome(.noCentering, entropy: 0.3, kl: 0.001) == false)
        #expect(outcome(.noSharpening, entropy: 0.9999, kl: 0) == true)
        #expect(outcome(.noSharpening, entropy: 0.9, kl: 0) == false)
        #expect(outcome(.noMomentum, entropy: 0.9, kl: 0.1) == nil)
    }

    @Test func theReportHasARowAndACurveForEachTraining() throws {
        let report = AblationReport(try run([.full, .noSharpening], steps: 10), prototypes: 16)
        #expect(report.table.split(separator: "\n").count == 4)
        #expect(report.figure.components(separatedBy: "<polyline").count == 5)
    }

    @Test func aStopLeavesNoResult() {
        let stop = StopFlag()
        stop.set()
        #expect(throws: TrainingError.stopped) { try run([.full], steps: 10, stop: stop) }
    }
}
