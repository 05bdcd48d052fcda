extension Replay {
    /// The hyper-parameters of a recording.
    struct Configuration: Decodable {
        struct Step: Decodable {
            let loss: Double
        }

        let embedDim, depth, heads, patch, image, outDim, hidden, bottleneck, batch, localCrops: Int
        let teacherTemp, studentTemp, centerMomentum, ema, clip, learningRate, weightDecay: Double
        let mlpRatio: Double?
        let local: Int?
        let normLastLayer: Bool?
        let steps: [Step]

        enum CodingKeys: String, CodingKey {
            case depth, heads, patch, image, local, hidden, bottleneck, batch, ema, steps
            case embedDim = "embed_dim"
            case outDim = "out_dim"
            case localCrops = "local_crops"
            case teacherTemp = "teacher_temp"
            case studentTemp = "student_temp"
            case centerMomentum = "center_momentum"
            case clip = "clip_per_parameter"
            case learningRate = "lr"
            case weightDecay = "weight_decay"
            case mlpRatio = "mlp_ratio"
            case normLastLayer = "norm_last_layer"
        }

        var recipe: Recipe {
            var recipe = Recipe()
            recipe.network.embedDim = embedDim
            recipe.network.depth = depth
            recipe.network.heads = heads
            recipe.network.patchSize = patch
            recipe.network.mlpRatio = mlpRatio ?? 4
            recipe.imageSize = image
            recipe.crops.globalSize = image
            recipe.crops.localSize = local ?? patch
            recipe.crops.localNumber = localCrops
            recipe.head.outDim = outDim
            recipe.head.hidden = hidden
            recipe.head.bottleneck = bottleneck
            recipe.head.normLastLayer = normLastLayer ?? true
            recipe.batch = batch
            recipe.studentTemp = studentTemp
            recipe.centerMomentum = centerMomentum
            recipe.clipGrad = clip
            recipe.dropPathRate = 0
            return recipe
        }

        func rates(_ step: Int) -> Rates {
            Rates(
                learningRate: learningRate, weightDecay: weightDecay, momentum: ema, teacherTemp: teacherTemp,
                lastLayerFrozen: false)
        }
    }
}
