import DINOTraining
import Tensors
import TestSupport
import Testing

@Suite struct DeterminismTests {
    /// Wide enough for several runs of rows, tasks and panels.
    private var recipe: Recipe {
        var recipe = Recipe.toy
        recipe.dropPathRate = 0.2
        recipe.batch = 7
        recipe.head.outDim = 600
        recipe.crops.localNumber = 5
        return recipe
    }

    @Test(arguments: Precision.allCases)
    func anyNumberOfThreadsGivesTheSameBits(_ precision: Precision) throws {
        guard try Compute(threads: 1).supports(precision) else { return }
        let states = try (1...3).map { threads in
            let trainer = try Trainer(recipe, precision: precision, on: Compute(threads: threads))
            let losses = try (0..<4).map { try trainer.step(recipe.crops(seed: UInt64($0)), .plain).loss }
            return (losses, trainer.weights)
        }
        #expect(states[0].0 == states[1].0 && states[0].0 == states[2].0)
        #expect(states[0].1 == states[1].1 && states[0].1 == states[2].1)
    }

    /// How far the loss and the gradients of one batch are from those of the portable kernels.
    private func distance(from compute: Compute, _ precision: Precision = .fp32) throws -> (loss: Double, worst: Double)
    {
        let trainers = [
            try Trainer.toy(recipe, on: Compute(threads: 2, instructionSet: "portable")),
            try Trainer.toy(recipe, precision: precision, on: compute),
        ]
        let losses = try trainers.map { try $0.differentiate(recipe.crops(seed: 9), teacherTemp: 0.07).loss }
        let differences = trainers[0].studentParameters.layout.entries.map { entry in
            let gradients = trainers.map { $0.gradient(entry).scalars }
            return relativeDifference(gradients[1], gradients[0].map(Double.init))
        }
        return (abs(losses[0] - losses[1]), differences.max() ?? .infinity)
    }

    @Test(arguments: ["avx512", "avx2"])
    func instructionSetsAgree(_ name: String) throws {
        guard let compute = try? Compute(threads: 2, instructionSet: name) else { return }
        let (loss, worst) = try distance(from: compute)
        #expect(loss < 1e-5)
        #expect(worst < 1e-4)
    }

    @Test func bfloat16StaysNear() throws {
        let compute = try Compute(threads: 2)
        guard compute.supports(.bf16) else { return }
        let (loss, worst) = try distance(from: compute, .bf16)
        #expect(loss > 0 && loss < 0.02, "\(loss)")
        #expect(worst < 0.1, "\(worst)")
    }

    @Test func precisionThatTheProcessorLacksIsASentence() throws {
        let portable = try Compute(threads: 1, instructionSet: "portable")
        let error = #expect(throws: TrainingError.self) { try Trainer(.toy, precision: .bf16, on: portable) }
        #expect(error?.description.contains("--precision fp32") == true)
    }
}
