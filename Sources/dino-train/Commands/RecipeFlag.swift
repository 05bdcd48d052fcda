import DINOTraining

/// One option that was given and that changes a recipe.
struct RecipeFlag {
    /// The option as it is typed.
    let name: String
    /// What it does to a recipe.
    let apply: (inout Recipe) -> Void
    /// The recipe's value, for people.
    let show: (Recipe) -> String

    /// The option for one value of a recipe; nil where it was not given.
    init?<Value>(
        _ name: String, _ given: Value?, _ path: WritableKeyPath<Recipe, Value>,
        as text: @escaping (Value) -> String = { "\($0)" }
    ) {
        guard let given else { return nil }
        self.name = "--\(name)"
        apply = { $0[keyPath: path] = given }
        show = { text($0[keyPath: path]) }
    }

    private init(_ name: String, apply: @escaping (inout Recipe) -> Void, show: @escaping (Recipe) -> String) {
        (self.name, self.apply, self.show) = ("--\(name)", apply, show)
    }
}

extension RecipeFlag {
    /// The given ones among all options, in the order in which they apply.
    static func all(_ reference: TrainOptions, _ shape: TrainShapeOptions) -> [RecipeFlag] {
        network(reference, shape) + crops(reference, shape) + augmentation(shape) + optimization(reference)
            + length(reference, shape)
            + [.init("momentum_teacher_end", shape.momentumTeacherEnd, \.momentumTeacherEnd)].compactMap { $0 }
    }

    private static func network(_ options: TrainOptions, _ shape: TrainShapeOptions) -> [RecipeFlag] {
        let arch = options.arch.map { arch in
            let (width, heads) = arch == .tiny ? (192, 3) : arch == .small ? (384, 6) : (768, 12)
            return RecipeFlag("arch") { recipe in
                (recipe.network.embedDim, recipe.network.depth, recipe.network.heads) = (width, 12, heads)
            } show: { recipe in
                "width \(recipe.network.embedDim), depth \(recipe.network.depth), heads \(recipe.network.heads)"
            }
        }
        let flags = [
            arch, .init("embed_dim", shape.embedDim, \.network.embedDim), .init("depth", shape.depth, \.network.depth),
            .init("num_heads", shape.heads, \.network.heads), .init("mlp_ratio", shape.mlpRatio, \.network.mlpRatio),
            .init("patch_size", options.patchSize, \.network.patchSize),
            .init("out_dim", options.outDim, \.head.outDim),
            .init("norm_last_layer", options.normLastLayer, \.head.normLastLayer),
            .init("head_hidden", shape.headHidden, \.head.hidden),
            .init("head_bottleneck", shape.headBottleneck, \.head.bottleneck),
            .init("drop_path_rate", options.dropPathRate, \.dropPathRate),
        ]
        return flags.compactMap { $0 }
    }

    private static func crops(_ options: TrainOptions, _ shape: TrainShapeOptions) -> [RecipeFlag] {
        func scale(_ values: [Double]) -> Recipe.Crops.Scale? {
            values.count == 2 ? .init(values[0], values[1]) : nil
        }
        func text(_ scale: Recipe.Crops.Scale) -> String { "\(scale.least) \(scale.largest)" }
        let flags: [RecipeFlag?] = [
            .init("global_crops_size", shape.globalSize, \.crops.globalSize),
            .init("image_size", shape.imageSize ?? shape.globalSize, \.imageSize),
            .init("global_crops_scale", scale(options.globalCropsScale), \.crops.globalScale, as: text),
            .init("local_crops_number", options.localCropsNumber, \.crops.localNumber),
            .init("local_crops_size", shape.localSize, \.crops.localSize),
            .init("local_crops_scale", scale(options.localCropsScale), \.crops.localScale, as: text),
            .init("early", shape.early.map { $0.early }, \.crops.early) { early in
                early.map { "\($0.until):\($0.globalSize)/\($0.localSize)" } ?? "none"
            },
        ]
        return flags.compactMap { $0 }
    }

    private static func augmentation(_ shape: TrainShapeOptions) -> [RecipeFlag] {
        let flags: [RecipeFlag?] = [
            .init("flip", shape.flip, \.augmentation.flip), .init("color_jitter", shape.jitter, \.augmentation.jitter),
            .init("brightness", shape.brightness, \.augmentation.brightness),
            .init("contrast", shape.contrast, \.augmentation.contrast),
            .init("saturation", shape.saturation, \.augmentation.saturation),
            .init("hue", shape.hue, \.augmentation.hue), .init("gray", shape.gray, \.augmentation.gray),
            .init("blur", shape.blur.isEmpty ? nil : shape.blur, \.augmentation.blur),
            .init("solarize", shape.solarize, \.augmentation.solarize),
        ]
        return flags.compactMap { $0 }
    }

    private static func optimization(_ options: TrainOptions) -> [RecipeFlag] {
        let flags: [RecipeFlag?] = [
            .init("optimizer", options.optimizer.flatMap { Recipe.Optimizer(rawValue: $0.rawValue) }, \.optimizer),
            .init("lr", options.lr, \.learningRate), .init("min_lr", options.minLR, \.minLearningRate),
            .init("warmup_epochs", options.warmupEpochs, \.warmupEpochs),
            .init("weight_decay", options.weightDecay, \.weightDecay),
            .init("weight_decay_end", options.weightDecayEnd, \.weightDecayEnd),
            .init("clip_grad", options.clipGrad, \.clipGrad),
            .init("freeze_last_layer", options.freezeLastLayer, \.freezeLastLayer),
            .init("momentum_teacher", options.momentumTeacher, \.momentumTeacher),
            .init("warmup_teacher_temp", options.warmupTeacherTemp, \.warmupTeacherTemp),
            .init("teacher_temp", options.teacherTemp, \.teacherTemp),
            .init("warmup_teacher_temp_epochs", options.warmupTeacherTempEpochs, \.warmupTeacherTempEpochs),
            .init("batch_size_per_gpu", options.batchSize, \.batch), .init("seed", options.seed, \.seed),
        ]
        return flags.compactMap { $0 }
    }

    /// What bounds the run: epochs, or hours, in which a recipe's own hours give way to epochs.
    private static func length(_ options: TrainOptions, _ shape: TrainShapeOptions) -> [RecipeFlag] {
        let epochs = options.epochs.map { epochs in
            RecipeFlag("epochs") {
                ($0.epochs, $0.hours) = (epochs, nil)
            } show: {
                bound($0)
            }
        }
        let hours = shape.hours.map { hours in
            RecipeFlag("hours") {
                $0.hours = hours
            } show: {
                bound($0)
            }
        }
        return [epochs, hours].compactMap { $0 }
    }

    private static func bound(_ recipe: Recipe) -> String {
        recipe.hours.map { "\($0) hours" } ?? "\(recipe.epochs) epochs"
    }
}
