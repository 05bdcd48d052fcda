import DINOTraining
import Testing

@Suite struct StepCostTests {
    /// Configuration A of the cost model: ViT-Ti/8, 2×64 + 6×32 px, 9.3 GFLOP an image with every block whole.
    @Test func agreesWithTheCostModel() {
        var recipe = Recipe.small
        recipe.crops.localNumber = 6
        let operations = StepCost(recipe).operations(CropSizes(global: 64, local: 32))
        // The last block's CLS alone saves two thirds of a twelfth.
        #expect((8.3e9...9.3e9).contains(operations), "\(operations)")
    }

    @Test func countsEveryProductOfATinyNetwork() {
        let recipe = Recipe.toy(width: 2, depth: 1, heads: 1, patch: 2, mlpRatio: 1, head: (1, 1, 1), locals: 0)
        // One patch and CLS: PatchEmbed 2·12·2; qkv 2·2·2·6, scores and answers of one query 2·(2·2·2), proj and MLP 3·2·2·2.
        let embed = 48.0, block = 48.0 + 16 + 24, head = 2.0 * (2 + 1 + 1 + 1)
        let expected = 2 * (embed + block + head) + 2 * (2 * embed + 3 * (block + head))
        #expect(StepCost(recipe).operations(CropSizes(global: 2, local: 0)) == expected)
    }
}
