/// A recipe as a table for people.
enum RecipeSummary {
    static func rows(_ recipe: Recipe) -> [(name: String, value: String)] {
        let network = recipe.network, head = recipe.head, crops = recipe.crops
        var rows = [
            (
                "network",
                "width \(network.embedDim), \(network.depth) blocks, \(network.heads) heads, patch \(network.patchSize) px, "
                    + "MLP ×\(network.mlpRatio.plain), \(recipe.architecture.parameterCount.grouped) parameters"
            ),
            ("positions for", "\(recipe.imageSize) px"),
            (
                "head",
                "\(head.hidden) – \(head.hidden) – \(head.bottleneck), K = \(head.outDim.grouped) prototypes"
                    + (head.normLastLayer ? ", gains fixed at 1" : "")
            ),
            ("crops", self.crops(crops)),
        ]
        if let early = crops.early {
            rows.append(
                (
                    "early crops",
                    "\(early.globalSize) and \(early.localSize) px until \((100 * early.until).plain) % of the run"
                ))
        }
        rows += [
            ("augmentation", augmentation(recipe.augmentation)),
            ("length", recipe.hours.map { "\($0.plain) hours" } ?? "\(recipe.epochs.plain) epochs"),
            ("batch", "\(recipe.batch) images"),
            (
                "optimiser",
                "\(recipe.optimizer.rawValue), lr \(recipe.learningRate.plain) per 256 images → \(recipe.minLearningRate.plain), "
                    + "warm-up \(recipe.warmupEpochs.plain) of \(recipe.epochs.plain) epochs"
            ),
            ("weight decay", "\(recipe.weightDecay.plain) → \(recipe.weightDecayEnd.plain)"),
            ("clipping", recipe.clipGrad > 0 ? "norm \(recipe.clipGrad.plain) of each tensor" : "none"),
            ("last layer frozen for", "\(recipe.freezeLastLayer.plain) epochs"),
            ("teacher's momentum", "\(recipe.momentumTeacher.plain) → \(recipe.momentumTeacherEnd.plain)"),
            ("temperatures", temperatures(recipe)),
            ("centre", recipe.centering ? "momentum \(recipe.centerMomentum.plain)" : "off"),
            ("drop path", recipe.dropPathRate.plain), ("seed", "\(recipe.seed)"),
        ]
        return rows
    }

    private static func crops(_ crops: Recipe.Crops) -> String {
        func scale(_ scale: Recipe.Crops.Scale) -> String { "\(scale.least.plain)–\(scale.largest.plain) of the area" }
        let global = "2 × \(crops.globalSize) px (\(scale(crops.globalScale)))"
        guard crops.localNumber > 0 else { return global }
        return global + " + \(crops.localNumber) × \(crops.localSize) px (\(scale(crops.localScale)))"
    }

    private static func augmentation(_ augmentation: Recipe.Augmentation) -> String {
        let blur = augmentation.blur.map(\.plain).joined(separator: " / ")
        return "flip \(augmentation.flip.plain), jitter \(augmentation.jitter.plain), grey \(augmentation.gray.plain), "
            + "blur \(blur), solarise \(augmentation.solarize.plain)"
    }

    private static func temperatures(_ recipe: Recipe) -> String {
        let student = "student \(recipe.studentTemp.plain), teacher "
        guard recipe.warmupTeacherTempEpochs >= 1 else { return student + recipe.teacherTemp.plain }
        return student + "\(recipe.warmupTeacherTemp.plain) → \(recipe.teacherTemp.plain) over "
            + "\(recipe.warmupTeacherTempEpochs.plain) epochs"
    }
}

extension Double {
    /// The shortest decimal that reads back as the number, without a fraction of zero.
    var plain: String { self == rounded() && abs(self) < 1e9 ? String(Int(self)) : "\(self)" }
}
