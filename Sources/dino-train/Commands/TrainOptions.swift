import ArgumentParser

/// The options of `main_dino.py`, under its names.
struct TrainOptions: ParsableArguments {
    /// The published widths of a Vision Transformer.
    enum Arch: String, ExpressibleByArgument, CaseIterable {
        case tiny = "vit_tiny"
        case small = "vit_small"
        case base = "vit_base"
    }

    @Option(
        name: .customLong("arch"),
        help: "vit_tiny (192 wide, 12 blocks, 3 heads), vit_small (384, 12, 6), vit_base (768, 12, 12).")
    var arch: Arch?
    @Option(name: .customLong("patch_size"), help: "The side of a patch in pixels.") var patchSize: Int?
    @Option(name: .customLong("out_dim"), help: "Prototypes, K.") var outDim: Int?
    @Option(name: .customLong("norm_last_layer"), help: "Whether the last layer's gains stay at 1: true or false.")
    var normLastLayer: Bool?
    @Option(name: .customLong("momentum_teacher"), help: "The teacher's momentum at the start.")
    var momentumTeacher: Double?
    @Option(name: .customLong("use_bn_in_head"), help: "Batch normalisation in the head; only false.")
    var useBatchNorm: Bool?

    @Option(name: .customLong("warmup_teacher_temp"), help: "The teacher's temperature at the start.")
    var warmupTeacherTemp: Double?
    @Option(name: .customLong("teacher_temp"), help: "The teacher's temperature after its warm-up.")
    var teacherTemp: Double?
    @Option(name: .customLong("warmup_teacher_temp_epochs"), help: "Epochs of the temperature's warm-up.")
    var warmupTeacherTempEpochs: Double?

    @Option(name: .customLong("use_fp16"), help: "false computes in float32, true as --precision auto.")
    var useHalf: Bool?
    @Option(name: .customLong("weight_decay"), help: "Weight decay at the start.") var weightDecay: Double?
    @Option(name: .customLong("weight_decay_end"), help: "Weight decay at the end.") var weightDecayEnd: Double?
    @Option(name: .customLong("clip_grad"), help: "The largest norm of a tensor's gradient, 0 for none.")
    var clipGrad: Double?
    @Option(
        name: [.customLong("batch_size_per_gpu"), .customLong("batch_size")], help: "Images of a step.")
    var batchSize: Int?
    @Option(
        name: .customLong("epochs"),
        help:
            "Passes over the photographs. With --resume it may be raised: every schedule then runs over the longer run."
    )
    var epochs: Double?
    @Option(name: .customLong("freeze_last_layer"), help: "Epochs in which the last layer stays as it is.")
    var freezeLastLayer: Double?
    @Option(name: .customLong("lr"), help: "Learning rate after the warm-up for 256 images a step; scaled linearly.")
    var lr: Double?
    @Option(name: .customLong("warmup_epochs"), help: "Epochs of the learning rate's warm-up.")
    var warmupEpochs: Double?
    @Option(name: .customLong("min_lr"), help: "The learning rate towards the end.") var minLR: Double?
    @Option(name: .customLong("optimizer"), help: "adamw, sgd or lars.") var optimizer: OptimizerName?
    @Option(name: .customLong("drop_path_rate"), help: "The chance that the last block's branches are dropped.")
    var dropPathRate: Double?

    @Option(
        name: .customLong("global_crops_scale"), parsing: .upToNextOption,
        help: ArgumentHelp("Shares of the area of a global crop: two numbers.", valueName: "least largest"))
    var globalCropsScale: [Double] = []
    @Option(name: .customLong("local_crops_number"), help: "Local crops of an image.") var localCropsNumber: Int?
    @Option(
        name: .customLong("local_crops_scale"), parsing: .upToNextOption,
        help: ArgumentHelp("Shares of the area of a local crop: two numbers.", valueName: "least largest"))
    var localCropsScale: [Double] = []
    @Option(name: .customLong("seed"), help: "The seed of weights, crops and drop path.") var seed: UInt64?

    func validate() throws {
        if useBatchNorm == true {
            throw ValidationError(
                "--use_bn_in_head true is not offered: a batch's statistics would tie an image's answer to its neighbours, and "
                    + "to their order; the published Vision Transformers have false. Leave it out.")
        }
        for (name, scale) in [("global", globalCropsScale), ("local", localCropsScale)] {
            guard scale.isEmpty || scale.count == 2 else {
                throw ValidationError(
                    "--\(name)_crops_scale takes two numbers, the least and the largest share of the area.")
            }
        }
    }

    /// Options of `train` spelt with underscores, as the reference has them, where they came with hyphens.
    static func spelled(_ arguments: [String]) -> [String] {
        guard arguments.first == "train" else { return arguments }
        return arguments.map { argument in
            guard argument.hasPrefix("--") else { return argument }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = (parts.first ?? "").replacingOccurrences(of: "-", with: "_")
            return (["--\(name)"] + parts.dropFirst().map(String.init)).joined(separator: "=")
        }
    }
}
