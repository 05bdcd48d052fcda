/// The floating-point operations of a step, a multiplication and an addition counted as two.
///
/// Products of matrices only, as they are computed here: the last block answers for CLS alone; a backward pass is two
/// products for each of the forward pass, but for PatchEmbed, whose input has no gradient.
package struct StepCost {
    private let recipe: Recipe

    package init(_ recipe: Recipe) { self.recipe = recipe }

    /// The operations that one image causes: the teacher's forward pass, the student's both.
    package func operations(_ sizes: CropSizes) -> Double {
        let global = backbone(sizes.global), local = backbone(sizes.local), head = head
        let locals = Double(recipe.crops.localNumber)
        let teacher = 2 * (global.embed + global.blocks + head)
        let student =
            2 * (2 * global.embed + 3 * (global.blocks + head))
            + locals * (2 * local.embed + 3 * (local.blocks + head))
        return teacher + student
    }

    private func backbone(_ side: Int) -> (embed: Double, blocks: Double) {
        let network = recipe.network, d = Double(network.embedDim), hidden = Double(recipe.architecture.hiddenDim)
        let patches = Double(side / network.patchSize * (side / network.patchSize)), tokens = patches + 1
        func block(answers: Double) -> Double {
            2 * tokens * d * 3 * d + 4 * answers * tokens * d + 2 * answers * d * d + 4 * answers * d * hidden
        }
        let embed = 2 * patches * Double(3 * network.patchSize * network.patchSize) * d
        return (embed, Double(network.depth - 1) * block(answers: tokens) + block(answers: 1))
    }

    private var head: Double {
        let head = recipe.head, d = Double(recipe.network.embedDim)
        let hidden = Double(head.hidden), bottleneck = Double(head.bottleneck)
        return 2 * (d * hidden + hidden * hidden + hidden * bottleneck + bottleneck * Double(head.outDim))
    }
}
