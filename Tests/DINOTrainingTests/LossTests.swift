import DINOTraining
import Tensors
import TestSupport
import Testing

@Suite struct LossTests {
    /// The views of one group in another order.
    private func reordered(_ batch: CropBatch, group: Int, _ order: [Int]) -> CropBatch {
        var groups = batch.groups
        let old = groups[group], size = old.pixels.count / old.views
        groups[group] = CropGroup(
            size: old.size, views: old.views,
            pixels: Tensor(
                shape: old.pixels.shape, scalars: order.flatMap { old.pixels.scalars[$0 * size..<($0 + 1) * size] }))
        return CropBatch(step: batch.step, images: batch.images, groups: groups)
    }

    @Test(arguments: [0, 1])
    func theOrderOfViewsDoesNotMatter(_ group: Int) throws {
        var recipe = Recipe.toy
        recipe.crops.localNumber = 4
        let batch = recipe.crops(seed: 1), order = group == 0 ? [1, 0] : [2, 0, 3, 1]
        let trainers = [try Trainer.toy(recipe), try Trainer.toy(recipe)]
        let first = try trainers[0].differentiate(batch, teacherTemp: 0.07)
        let second = try trainers[1].differentiate(reordered(batch, group: group, order), teacherTemp: 0.07)
        #expect(abs(first.loss - second.loss) < 1e-6)
        for entry in trainers[0].studentParameters.layout.entries {
            let gradients = trainers.map { $0.gradient(entry).scalars }
            #expect(relativeDifference(gradients[0], gradients[1].map(Double.init)) < 1e-5, "\(entry.name)")
        }
        #expect(relativeDifference(trainers[0].center.scalars, trainers[1].center.scalars.map(Double.init)) < 1e-6)
    }

    @Test func aGlobalViewDoesNotAnswerForItself() throws {
        let trainer = try Trainer.toy(), batch = Recipe.toy.crops(seed: 2)
        let views = ExactNetwork(.toy, trainer.studentParameters).views(batch)
        let targets = ExactNetwork(.toy, trainer.teacherParameters).targets(
            batch, center: trainer.center.scalars.map(Double.init), temperature: 0.07)
        let loss = try trainer.differentiate(batch, teacherTemp: 0.07).loss
        let withItself = Exact.loss(views: views, targets: targets, temperature: 0.1) { _, _ in true }
        #expect(abs(loss - withItself) > 1e-3)
    }

    /// The centre starts at zero, and the loss takes it as it was before the step.
    @Test func theCenterFollowsBothGlobalViewsAfterTheLoss() throws {
        let trainer = try Trainer.toy(), teacher = ExactNetwork(.toy, trainer.teacherParameters)
        let student = ExactNetwork(.toy, trainer.studentParameters)
        var center = [Double](repeating: 0, count: 64)
        for seed in 3...5 {
            let batch = Recipe.toy.crops(seed: UInt64(seed))
            let targets = teacher.targets(batch, center: center, temperature: 0.07)
            let expected = Exact.loss(views: student.views(batch), targets: targets, temperature: 0.1)
            #expect(abs(try trainer.differentiate(batch, teacherTemp: 0.07).loss - expected) < 1e-5)
            center = zip(center, teacher.meanAnswer(batch)).map { 0.9 * $0 + 0.1 * $1 }
            #expect(relativeDifference(trainer.center.scalars, center) < 1e-5)
        }
    }

    @Test func withoutCenteringTheCenterStaysZero() throws {
        var recipe = Recipe.toy
        recipe.centering = false
        let trainer = try Trainer.toy(recipe)
        _ = try trainer.step(recipe.crops(seed: 6), .plain)
        #expect(trainer.center.scalars.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [
        ([CropGroup](), "two global crops"),
        ([Self.group(views: 1, size: 16)], "two global crops"),
        ([Self.group(views: 3, size: 16)], "two global crops"),
        ([Self.group(views: 2, size: 16), Self.group(views: 1, size: 8), Self.group(views: 1, size: 4)], "two global"),
        ([Self.group(views: 2, size: 18)], "crops of 18 px do not divide into patches of 4 px"),
        ([Self.group(views: 2, size: 16), Self.group(views: 2, size: 6)], "crops of 6 px do not divide"),
        ([Self.group(views: 2, size: 0)], "crops of 0 px"),
        ([Self.group(views: 2, size: 16, rows: 5)], "crops have shape [5, 3, 16, 16], expected [6, 3, 16, 16]"),
        ([Self.group(views: 2, size: 16), Self.group(views: -1, size: 8, rows: 0)], "-1 crops"),
    ])
    func refusesCropsThatDoNotFit(_ groups: [CropGroup], _ sentence: String) throws {
        try expectRefusal(CropBatch(step: 0, images: 3, groups: groups), sentence)
    }

    @Test(arguments: [0, -3])
    func refusesABatchWithoutImages(_ images: Int) throws {
        try expectRefusal(
            CropBatch(step: 0, images: images, groups: [Self.group(views: 2, size: 16, rows: 0)]), "\(images) images")
    }

    private static func group(views: Int, size: Int, rows: Int? = nil) -> CropGroup {
        CropGroup(size: size, views: views, pixels: Tensor(zeros: [rows ?? views * 3, 3, size, size]))
    }

    private func expectRefusal(_ batch: CropBatch, _ sentence: String) throws {
        let trainer = try Trainer.toy(), before = trainer.weights
        let error = #expect(throws: TrainingError.self) { try trainer.step(batch, .plain) }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
        #expect(trainer.weights == before)
    }
}
