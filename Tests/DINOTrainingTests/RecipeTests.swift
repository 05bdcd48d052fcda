import DINOTraining
import Foundation
import Testing

@Suite struct RecipeTests {
    struct Contradiction: CustomTestStringConvertible, Sendable {
        let sentence: String
        let change: @Sendable (inout Recipe) -> Void
        var testDescription: String { sentence }

        init(_ sentence: String, _ change: @escaping @Sendable (inout Recipe) -> Void) {
            self.sentence = sentence
            self.change = change
        }
    }

    static let contradictions = [
        Contradiction("the network's width 0") { $0.network.embedDim = 0 },
        Contradiction("depth 0") { $0.network.depth = 0 },
        Contradiction("heads 0") { $0.network.heads = 0 },
        Contradiction("a width of 32 does not divide into 3 heads") { $0.network.heads = 3 },
        Contradiction("--patch_size is 0") { $0.network.patchSize = 0 },
        Contradiction("images of 18 px do not divide into patches of 4 px") { $0.imageSize = 18 },
        Contradiction("feed-forward") { $0.network.mlpRatio = 0 },
        Contradiction("feed-forward") { $0.network.mlpRatio = .infinity },
        Contradiction("--out_dim is 1") { $0.head.outDim = 1 },
        Contradiction("the head's widths are 0 and 16") { $0.head.hidden = 0 },
        Contradiction("the batch is 0") { $0.batch = 0 },
        Contradiction("--drop_path_rate is 1.0") { $0.dropPathRate = 1 },
        Contradiction("--drop_path_rate is nan") { $0.dropPathRate = .nan },
        Contradiction("--epochs is 0.0") { $0.epochs = 0 },
        Contradiction("--epochs is inf") { $0.epochs = .infinity },
        Contradiction("--hours is -1.0") { $0.hours = -1 },
        Contradiction("temperatures") { $0.teacherTemp = 0 },
        Contradiction("--epochs is 1e+300") { $0.epochs = 1e300 },
        Contradiction("temperatures") { $0.studentTemp = .nan },
        Contradiction("momenta") { $0.momentumTeacher = 1.5 },
        Contradiction("momenta") { $0.momentumTeacherEnd = -0.1 },
        Contradiction("momenta") { $0.centerMomentum = 1 },
        Contradiction("must be finite and not negative") { $0.learningRate = -1 },
        Contradiction("must be finite and not negative") { $0.weightDecayEnd = .nan },
        Contradiction("--warmup_epochs 100.0 leaves nothing of --epochs 100.0") { $0.warmupEpochs = 100 },
        Contradiction("--warmup_teacher_temp_epochs") { $0.warmupTeacherTempEpochs = -1 },
        Contradiction("--freeze_last_layer") { $0.freezeLastLayer = -1 },
        Contradiction("crops of 18, 18, 8, 8 px do not all divide into patches of 4 px") { $0.crops.globalSize = 18 },
        Contradiction("crops of 16, 16, 6, 6 px do not all divide") { $0.crops.localSize = 6 },
        Contradiction("crops of 16, 7, 8, 4 px do not all divide") {
            $0.crops.early = Recipe.Crops.Early(until: 0.5, globalSize: 7, localSize: 4)
        },
        Contradiction("crops have sides of [0, 8] px") { $0.crops.globalSize = 0 },
        Contradiction("--local_crops_number is -1") { $0.crops.localNumber = -1 },
        Contradiction("--global_crops_scale is 1.0 0.4") { $0.crops.globalScale = .init(1, 0.4) },
        Contradiction("--local_crops_scale is 0.0 0.4") { $0.crops.localScale = .init(0, 0.4) },
        Contradiction("--local_crops_scale is 0.05 1.5") { $0.crops.localScale = .init(0.05, 1.5) },
        Contradiction("--early") { $0.crops.early = Recipe.Crops.Early(until: 1.5, globalSize: 8, localSize: 4) },
        Contradiction("chances of an augmentation") { $0.augmentation.flip = 1.5 },
        Contradiction("chances of an augmentation") { $0.augmentation.blur = [1, -0.1, 0.5] },
        Contradiction("chances of an augmentation") { $0.augmentation.blur = [1, 0.1] },
        Contradiction("--clip_grad 0") { $0.clipGrad = .infinity },
        Contradiction("--clip_grad 0") { $0.weightDecayEnd = .infinity },
        Contradiction("temperatures") { $0.teacherTemp = .infinity },
        Contradiction("brightness") { $0.augmentation.brightness = -1 },
        Contradiction("the hue") { $0.augmentation.hue = 0.6 },
        Contradiction("the blur's deviations") { $0.augmentation.blurSigma = [2, 0.1] },
    ]

    @Test(arguments: contradictions)
    func aContradictionIsASentence(_ contradiction: Contradiction) {
        var recipe = Recipe.toy
        contradiction.change(&recipe)
        let error = #expect(throws: TrainingError.self) { try recipe.check() }
        #expect(error?.description.contains(contradiction.sentence) == true, "\(error?.description ?? "accepted")")
    }

    @Test func theReferencesDefaultsAndTheToyPass() throws {
        try Recipe().check()
        try Recipe.toy.check()
        var recipe = Recipe.toy
        recipe.crops.localNumber = 0
        recipe.crops.localSize = 7  // of no local crop
        try recipe.check()
    }

    @Test func defaultsAreTheReferences() {
        let recipe = Recipe()
        #expect(recipe.head.outDim == 65536 && recipe.head.hidden == 2048 && recipe.head.bottleneck == 256)
        #expect(
            recipe.momentumTeacher == 0.996 && recipe.momentumTeacherEnd == 1 && recipe.centerMomentum == 0.9
                && recipe.studentTemp == 0.1)
        #expect(recipe.warmupTeacherTemp == 0.04 && recipe.teacherTemp == 0.04 && recipe.warmupTeacherTempEpochs == 0)
        #expect(recipe.learningRate == 5e-4 && recipe.minLearningRate == 1e-6 && recipe.warmupEpochs == 10)
        #expect(recipe.weightDecay == 0.04 && recipe.weightDecayEnd == 0.4 && recipe.clipGrad == 3)
        #expect(recipe.freezeLastLayer == 1 && recipe.batch == 64 && recipe.epochs == 100 && recipe.dropPathRate == 0.1)
        #expect(recipe.crops.globalScale == .init(0.4, 1) && recipe.crops.localScale == .init(0.05, 0.4))
        #expect(recipe.crops.localNumber == 8 && recipe.crops.globalSize == 224 && recipe.crops.localSize == 96)
        #expect(recipe.head.normLastLayer && recipe.optimizer == .adamw)
    }

    @Test func aRecipeSurvivesItsStorage() throws {
        var recipe = Recipe.toy
        recipe.hours = 2.5
        recipe.crops.early = Recipe.Crops.Early(until: 0.6, globalSize: 8, localSize: 4)
        recipe.optimizer = .lars
        #expect(try JSONDecoder().decode(Recipe.self, from: JSONEncoder().encode(recipe)) == recipe)
    }
}
