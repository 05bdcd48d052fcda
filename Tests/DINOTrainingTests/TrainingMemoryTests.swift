import DINOTraining
import Tensors
import Testing

@Suite struct TrainingMemoryTests {
    @Test func aBatchThatNoMachineHoldsIsASentenceWithItsSize() throws {
        var recipe = Recipe()
        recipe.network.patchSize = 1
        recipe.batch = 65536
        try recipe.check()
        let error = #expect(throws: TrainingError.self) { try Trainer(recipe, on: Compute(threads: 1)) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains("of memory (") && sentence.contains(", this machine has "), "\(sentence)")
        #expect(sentence.contains("PB"), "\(sentence)")
    }

    @Test func theLimitIsTheLastThatFits() throws {
        let memory = TrainingMemory(.toy), total = Int(memory.total.rounded(.up))
        try memory.check(limit: total)
        #expect(throws: TrainingError.self) { try memory.check(limit: total - 2) }
    }

    /// ViT-Ti/16, 2×224 + 8×96, batch 16: measured under 3 GB, of which the networks are 0.9.
    @Test func isNearWhatWasMeasured() {
        var recipe = Recipe()
        (recipe.network.embedDim, recipe.network.heads, recipe.batch) = (192, 3, 16)
        #expect((1e9...3e9).contains(TrainingMemory(recipe).total), "\(TrainingMemory(recipe).total)")
    }

    /// Momentum is one block; AdamW has two.
    @Test func onlyAdamWHasSecondMoments() throws {
        var recipe = Recipe.toy
        let both = TrainingMemory(recipe).parameters
        for optimizer in [Recipe.Optimizer.sgd, .lars] {
            recipe.optimizer = optimizer
            #expect(TrainingMemory(recipe).parameters == both / 8 * 7)
            #expect(try !Trainer(recipe, on: Compute(threads: 1)).hasSecondMoments)
        }
    }
}
