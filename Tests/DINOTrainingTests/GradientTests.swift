import DINOTraining
import Tensors
import TestSupport
import Testing

/// The gradients of a whole network beside the quotients of small differences of its formula.
@Suite struct GradientTests {
    private let temperature = 0.07

    /// Compares the loss and, along random directions, the gradient of every tensor.
    private func check(_ trainer: Trainer, _ batch: CropBatch, directions: Int) throws {
        let recipe = trainer.recipe
        _ = try trainer.differentiate(recipe.crops(seed: 77), teacherTemp: temperature)  // a centre that is not zero
        let teacher = ExactNetwork(recipe, trainer.teacherParameters)
        let student = ExactNetwork(recipe, trainer.studentParameters)
        let center = trainer.center.scalars.map(Double.init)
        let targets = teacher.targets(batch, center: center, temperature: temperature)
        let factors = batch.groups.enumerated().map {
            trainer.dropPathFactors(group: $0, images: $1.views * batch.images)
        }
        func loss(_ network: ExactNetwork) -> Double {
            Exact.loss(views: network.views(batch, factors: factors), targets: targets, temperature: recipe.studentTemp)
        }

        let measures = try trainer.differentiate(batch, teacherTemp: temperature)
        #expect(abs(measures.loss - loss(student)) < 1e-5)
        let entropies = targets.flatMap { target in (0..<target.count).map { Exact.entropy(target.row($0)) } }
        #expect(abs(measures.teacherEntropy - entropies.reduce(0, +) / Double(entropies.count)) < 1e-5)
        #expect(measures.kl == measures.loss - measures.teacherEntropy)

        var generator = SeededGenerator(seed: 5)
        for entry in trainer.studentParameters.layout.entries {
            if entry.name.hasSuffix("weight_g"), recipe.head.normLastLayer { continue }
            let gradient = trainer.gradient(entry).scalars.map(Double.init), width = Double(gradient.count).squareRoot()
            let length = dot(gradient, gradient).squareRoot()
            for _ in 0..<directions {
                let direction = gradient.map { _ in (Bool.random(using: &generator) ? 1 : -1) / width }
                let numeric = slope(of: loss, student, entry.name, along: direction)
                let error = abs(dot(gradient, direction) - numeric)
                #expect(error < 1e-4 * length / width, "\(entry.name): \(error) of \(length / width)")
            }
        }
    }

    private func slope(
        of loss: (ExactNetwork) -> Double, _ network: ExactNetwork, _ name: String, along direction: [Double]
    ) -> Double {
        guard let rows = network.tensors[name] else { return .nan }
        return Exact.derivative(
            of: { values in
                var changed = network
                changed.tensors[name]?.values = values
                return loss(changed)
            }, at: rows.values, along: direction)
    }

    @Test func ofGlobalAndLocalCrops() throws {
        try check(.toy(), Recipe.toy.crops(seed: 1), directions: 2)
    }

    /// Each tensor's largest derivative, one coordinate at a time.
    @Test func ofSingleCoordinates() throws {
        let trainer = try Trainer.toy(), batch = Recipe.toy.crops(seed: 2)
        let student = ExactNetwork(.toy, trainer.studentParameters)
        let targets = ExactNetwork(.toy, trainer.teacherParameters).targets(
            batch, center: trainer.center.scalars.map(Double.init), temperature: temperature)
        _ = try trainer.differentiate(batch, teacherTemp: temperature)
        for entry in trainer.studentParameters.layout.entries where !entry.name.hasSuffix("weight_g") {
            let gradient = trainer.gradient(entry).scalars.map(Double.init)
            guard let place = gradient.indices.max(by: { abs(gradient[$0]) < abs(gradient[$1]) }) else { continue }
            var direction = gradient.map { _ in 0.0 }
            direction[place] = 1
            let numeric = slope(
                of: { Exact.loss(views: $0.views(batch), targets: targets, temperature: 0.1) }, student, entry.name,
                along: direction)
            #expect(abs(numeric - gradient[place]) < 1e-4 * abs(numeric), "\(entry.name)[\(place)]")
        }
    }

    @Test func ofGlobalCropsAlone() throws {
        var recipe = Recipe.toy
        recipe.crops.localNumber = 0
        try check(.toy(recipe), recipe.crops(seed: 3), directions: 1)
    }

    @Test func withFreeGainsInTheLastLayer() throws {
        var recipe = Recipe.toy
        recipe.head.normLastLayer = false
        try check(.toy(recipe), recipe.crops(seed: 4), directions: 1)
    }

    @Test func withDroppedPaths() throws {
        var recipe = Recipe.toy
        recipe.network.depth = 3  // the first block drops nothing, the last has one row an image
        recipe.dropPathRate = 0.5
        recipe.batch = 5
        let trainer = try Trainer.toy(recipe)
        let factors = try #require(trainer.dropPathFactors(group: 0, images: 10))
        let blocks = (0..<3).map { Set(factors[$0 * 20..<($0 + 1) * 20]) }
        #expect(blocks == [[1], [0, 1 / 0.75], [0, 2]])
        try check(trainer, recipe.crops(seed: 5), directions: 1)
    }

    @Test func ofOneImageWithManyLocalCrops() throws {
        var recipe = Recipe.toy
        recipe.batch = 1
        recipe.crops.localNumber = 5
        try check(.toy(recipe), recipe.crops(seed: 6), directions: 1)
    }

    /// Neither resolution is the one that the positions were learnt at.
    @Test func ofCropsOfOtherSizesThanThePositions() throws {
        var recipe = Recipe.toy
        recipe.crops.globalSize = 12
        recipe.crops.localSize = 20
        try check(.toy(recipe), recipe.crops(seed: 7), directions: 1)
    }

    @Test func keyBiasesHaveNone() throws {
        let trainer = try Trainer.toy()
        _ = try trainer.differentiate(Recipe.toy.crops(seed: 8), teacherTemp: temperature)
        for entry in trainer.studentParameters.layout.entries where entry.name.hasSuffix("qkv.bias") {
            let parts = (0..<3).map { trainer.gradient(entry).scalars[$0 * 32..<($0 + 1) * 32] }
            #expect(parts.map { $0.allSatisfy { $0 == 0 } } == [false, true, false])
        }
    }
}
