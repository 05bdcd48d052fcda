import DINOTraining
import Tensors
import TestSupport
import Testing

@Suite struct OptimizerTests {
    /// Twenty steps: the first without a learning rate, the first five without the last layer, then rates that change.
    private func rates(_ step: Int, scale: Double) -> Rates {
        Rates(
            learningRate: scale * Double(step) / 20, weightDecay: 0.04 + 0.01 * Double(step), momentum: 0.9,
            teacherTemp: 0.07, lastLayerFrozen: step < 5)
    }

    @Test(arguments: [(Recipe.Optimizer.adamw, 1e-3), (.sgd, 0.02), (.lars, 2)], [false, true])
    func twentyStepsEqualTheReferences(_ choice: (rule: Recipe.Optimizer, scale: Double), _ isClipped: Bool) throws {
        var recipe = Recipe.toy
        recipe.optimizer = choice.rule
        recipe.clipGrad = isClipped ? 0.02 : 0
        recipe.head.normLastLayer = false
        let trainer = try Trainer.toy(recipe), entries = trainer.studentParameters.layout.entries
        let start = entries.map { trainer.studentParameters.tensor($0).scalars.map(Double.init) }
        var expected = zip(entries, start).map { ExactTensor($1, isVector: $0.shape.count == 1) }
        var clipped = 0
        for step in 0..<20 {
            let rates = rates(step, scale: choice.scale)
            _ = try trainer.step(recipe.crops(seed: UInt64(step)), rates)
            for (index, entry) in entries.enumerated() {
                if step < 5, entry.name.contains("last_layer") { continue }
                let raw = trainer.gradient(entry).scalars.map(Double.init)
                let gradient = ExactTensor.clip(raw, to: recipe.clipGrad)
                if gradient != raw { clipped += 1 }
                let isRegularized = !entry.name.hasSuffix(".bias") && entry.shape.count > 1
                let decay = isRegularized ? rates.weightDecay : 0
                switch choice.rule {
                case .adamw: expected[index].adamW(gradient, lr: rates.learningRate, decay: decay)
                case .sgd: expected[index].sgd(gradient, lr: rates.learningRate, decay: decay)
                case .lars: expected[index].lars(gradient, lr: rates.learningRate, decay: decay)
                }
            }
        }
        #expect((clipped > 0) == isClipped)
        for (index, entry) in entries.enumerated() {
            let found = trainer.studentParameters.tensor(entry).scalars
            let error = zip(found, expected[index].values).map { abs(Double($0) - $1) / max(1, abs($1)) }.max() ?? 0
            // Each of the steps rounds the weight and its momentum, by 6e-8 of themselves at most.
            #expect(error < 20 * 2 * 6e-8, "\(entry.name): \(error)")
            let moved = zip(expected[index].values, start[index]).map { $0 - $1 }
            #expect(dot(moved, moved) > 0, "\(entry.name) stood still")
        }
    }

    @Test func withoutALearningRateNothingMoves() throws {
        let trainer = try Trainer.toy(), before = trainer.weights
        _ = try trainer.step(Recipe.toy.crops(seed: 1), rates(0, scale: 1))
        #expect(trainer.studentParameters.layout.entries.indices.allSatisfy { trainer.weights[$0] == before[$0] })
        #expect(trainer.step == 1)
    }

    @Test func aFrozenLastLayerStaysBitByBitAndTheRestMoves() throws {
        let trainer = try Trainer.toy(), before = trainer.weights
        var rates = Rates.plain
        rates.lastLayerFrozen = true
        _ = try trainer.step(Recipe.toy.crops(seed: 2), rates)
        for (index, entry) in trainer.studentParameters.layout.entries.enumerated() {
            #expect((trainer.weights[index] == before[index]) == entry.name.contains("last_layer"), "\(entry.name)")
        }
    }

    @Test func gainsOfANormedLastLayerNeitherMoveNorDecay() throws {
        let trainer = try Trainer.toy()
        for seed in UInt64(0)..<3 { _ = try trainer.step(Recipe.toy.crops(seed: seed), .plain) }
        for block in [trainer.studentParameters, trainer.teacherParameters] {
            #expect(block.rows("head.last_layer.weight_g").tensor(columns: 1).scalars.allSatisfy { $0 == 1 })
        }
    }

    /// Raw v and g are averaged, not the rows made of them.
    @Test(arguments: [0, 0.9, 0.996, 1])
    func theTeacherFollowsInEveryTensor(_ momentum: Double) throws {
        var recipe = Recipe.toy, rates = Rates.plain
        recipe.head.normLastLayer = false
        rates.momentum = momentum
        let trainer = try Trainer.toy(recipe), entries = trainer.studentParameters.layout.entries
        let before = entries.map { trainer.teacherParameters.tensor($0).scalars.map(Double.init) }
        _ = try trainer.step(recipe.crops(seed: 3), rates)
        for (entry, old) in zip(entries, before) {
            let student = trainer.studentParameters.tensor(entry).scalars.map(Double.init)
            let expected = zip(old, student).map { momentum * $0 + (1 - momentum) * $1 }
            #expect(
                relativeDifference(trainer.teacherParameters.tensor(entry).scalars, expected) < 2e-7, "\(entry.name)")
        }
    }

    /// The packed weights are those of the new parameters.
    @Test func theNextStepSeesTheMovedNetworks() throws {
        let trainer = try Trainer.toy()
        var rates = Rates.plain
        rates.learningRate = 0.01
        _ = try trainer.step(Recipe.toy.crops(seed: 4), rates)
        let pixels = Recipe.toy.crops(seed: 5).groups[0].pixels
        let networks = [trainer.studentParameters, trainer.teacherParameters].map { ExactNetwork(.toy, $0) }
        #expect(relativeDifference(trainer.studentFeatures(pixels).scalars, networks[0].cls(pixels).values) < 1e-5)
        #expect(relativeDifference(trainer.teacherFeatures(pixels).scalars, networks[1].cls(pixels).values) < 1e-5)
    }

    @Test func theLargestNormOfATensorIsMeasuredBeforeClipping() throws {
        let trainer = try Trainer.toy()
        let measures = try trainer.step(Recipe.toy.crops(seed: 6), .plain)
        let norms = trainer.studentParameters.layout.entries.map { entry in
            let gradient = trainer.gradient(entry).scalars.map(Double.init)
            return dot(gradient, gradient).squareRoot()
        }
        #expect(abs(measures.gradientNorm - (norms.max() ?? 0)) < 1e-9)
    }

    /// Neither weights nor the centre, which would never be a number again.
    @Test(arguments: [0, 1])
    func aLossThatIsNotANumberChangesNothing(_ group: Int) throws {
        let trainer = try Trainer.toy(), before = trainer.weights
        var batch = Recipe.toy.crops(seed: 7), groups = batch.groups
        var pixels = groups[group].pixels
        pixels.scalars[40] = .nan
        groups[group] = CropGroup(size: groups[group].size, views: 2, pixels: pixels)
        batch = CropBatch(step: 0, images: 3, groups: groups)
        let error = #expect(throws: TrainingError.self) { try trainer.step(batch, .plain) }
        #expect(error?.description.contains("the loss of step 0 is nan, so") == true)
        #expect(
            "\(TrainingError.notFinite(step: 3, loss: 2))".contains(
                "the loss of step 3 is 2.0, but its gradient no number"))
        #expect(trainer.weights == before && trainer.step == 0)
        let measures = try trainer.step(Recipe.toy.crops(seed: 8), .plain)
        #expect(measures.loss.isFinite, "the next batch is not spoilt")
    }
}
