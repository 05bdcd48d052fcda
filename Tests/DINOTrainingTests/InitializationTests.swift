import DINOTraining
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct InitializationTests {
    /// ViT-Ti/8 for images of 64 px.
    private var tiny: Recipe {
        var recipe = Recipe.toy
        recipe.network = Recipe.Network()
        recipe.network.embedDim = 192
        recipe.network.heads = 3
        recipe.network.patchSize = 8
        recipe.imageSize = 64
        recipe.crops.globalSize = 64
        recipe.crops.localSize = 32
        recipe.head = Recipe.Head()
        recipe.head.outDim = 4096
        recipe.batch = 8
        return recipe
    }

    private func statistics(_ values: [Float]) -> (mean: Double, deviation: Double, largest: Double) {
        let values = values.map(Double.init), count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        return (mean, variance.squareRoot(), values.map { abs($0) }.max() ?? 0)
    }

    @Test func everyTensorIsDistributedAsTheReferences() throws {
        let trainer = try Trainer(tiny, on: Compute(threads: 2))
        for entry in trainer.studentParameters.layout.entries {
            let name = entry.name, values = trainer.studentParameters.tensor(entry).scalars
            let (mean, deviation, largest) = statistics(values), spread = 6 / Double(entry.count).squareRoot()
            let bound: Double? =
                name.contains("patch_embed") ? 1 / 192.0.squareRoot() : name.hasSuffix("weight_v") ? 1 / 16 : nil
            if let bound {  // uniform
                #expect(largest <= bound && largest > 0.9 * bound, "\(name): \(largest) of \(bound)")
                #expect(abs(deviation - bound / 3.0.squareRoot()) < spread * bound, "\(name): \(deviation)")
                #expect(abs(mean) < spread * bound, "\(name): \(mean)")
            } else if name.hasSuffix(".bias") {
                #expect(values.allSatisfy { $0 == 0 }, "\(name)")
            } else if name.contains("norm") || name.hasSuffix("weight_g") {
                #expect(values.allSatisfy { $0 == 1 }, "\(name)")
            } else {  // normal
                #expect(abs(deviation - 0.02) < 0.02 * spread, "\(name): \(deviation)")
                #expect(abs(mean) < 0.02 * spread && largest < 0.14, "\(name): \(mean), \(largest)")
            }
        }
    }

    @Test func theTeacherStartsAsACopyAndASeedAsItself() throws {
        var other = Recipe.toy
        other.seed = 1
        let compute = try Compute(threads: 1)
        let trainers = try [Recipe.toy, .toy, other].map { try Trainer($0, on: compute) }
        let entries = trainers[0].studentParameters.layout.entries
        for entry in entries {
            let values = trainers.map { $0.studentParameters.tensor(entry).scalars }
            #expect(trainers[0].teacherParameters.tensor(entry).scalars == values[0])
            #expect(values[0] == values[1])
            let isConstant = Set(values[0]).count == 1
            #expect(isConstant || values[0] != values[2], "\(entry.name)")
        }
        let drawn = entries.map { trainers[0].studentParameters.tensor($0).scalars }.filter { Set($0).count > 1 }
        #expect(Set(drawn.map { $0[0] }).count == drawn.count, "no two tensors repeat each other")
    }

    /// A head of 256 with unit rows starts some 0.5 to 0.8 nats under ln K, and a little over it once the centre is the
    /// answers' mean.
    @Test func theFirstLossIsTheReferences() throws {
        var recipe = tiny
        recipe.centerMomentum = 0
        let trainer = try Trainer(recipe, on: Compute(threads: 2)), batch = recipe.crops(seed: 1)
        let first = try trainer.differentiate(batch, teacherTemp: 0.04)
        #expect((-0.85 ... -0.45).contains(first.loss - log(4096)), "\(first.loss)")
        #expect((-1.5 ... -0.9).contains(first.teacherEntropy - log(4096)), "\(first.teacherEntropy)")
        let centered = try trainer.differentiate(batch, teacherTemp: 0.04)
        #expect((0...0.5).contains(centered.loss - log(4096)), "\(centered.loss)")
        #expect(centered.teacherEntropy < log(4096))
    }
}
