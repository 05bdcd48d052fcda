import ArgumentParser
import DINOTraining

/// What a recipe has beyond the options of `main_dino.py`.
struct TrainShapeOptions: ParsableArguments {
    @Option(help: "reference (the defaults of main_dino.py) or small (ViT-Ti/8 at 64 px, for hours on a few cores).")
    var preset: Preset?
    @Option(help: "A recipe as JSON, as --print_recipe writes it; options override it.") var recipe: String?

    @Option(name: .customLong("embed_dim"), help: "The width of a token.") var embedDim: Int?
    @Option(help: "The number of blocks.") var depth: Int?
    @Option(name: .customLong("num_heads"), help: "Attention heads.") var heads: Int?
    @Option(name: .customLong("mlp_ratio"), help: "The feed-forward layers' width over the token's.") var mlpRatio:
        Double?
    @Option(name: .customLong("head_hidden"), help: "The width of the head's two hidden layers.") var headHidden: Int?
    @Option(name: .customLong("head_bottleneck"), help: "The width before the head's last layer.") var headBottleneck:
        Int?

    @Option(help: "Hours of training instead of epochs, without evaluating and saving; every schedule runs over them.")
    var hours: Double?
    @Option(
        name: .customLong("image_size"),
        help: "The side in pixels that positions are learnt for (default: of a global crop).")
    var imageSize: Int?
    @Option(name: .customLong("global_crops_size"), help: "The side of a global crop in pixels.") var globalSize: Int?
    @Option(name: .customLong("local_crops_size"), help: "The side of a local crop in pixels.") var localSize: Int?
    @Option(
        help: ArgumentHelp(
            "Smaller crops until a share of the run is done, such as 0.65:48/24; none for none.",
            valueName: "until:global/local"))
    var early: EarlyCrops?

    @Option(name: .customLong("momentum_teacher_end"), help: "The teacher's momentum towards the end.")
    var momentumTeacherEnd: Double?

    @Option(help: "The chance of a horizontal flip.") var flip: Double?
    @Option(name: .customLong("color_jitter"), help: "The chance that colours are jittered.") var jitter: Double?
    @Option(help: "How far brightness is jittered.") var brightness: Double?
    @Option(help: "How far contrast is jittered.") var contrast: Double?
    @Option(help: "How far saturation is jittered.") var saturation: Double?
    @Option(help: "How far the hue is jittered.") var hue: Double?
    @Option(name: .customLong("gray"), help: "The chance that a crop becomes grey.") var gray: Double?
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The chances of a blur of the first global, the second global and a local crop.",
            valueName: "global1 global2 local"))
    var blur: [Double] = []
    @Option(help: "The chance that the second global crop is solarised.") var solarize: Double?

    func validate() throws {
        guard blur.isEmpty || blur.count == 3 else { throw ValidationError("--blur takes three chances.") }
        if recipe != nil, preset != nil {
            throw ValidationError("--preset and --recipe contradict each other: give one.")
        }
    }
}

/// A recipe known by name.
enum Preset: String, ExpressibleByArgument, CaseIterable {
    case reference, small

    var recipe: Recipe { self == .small ? .small : Recipe() }
}

/// An optimiser's name on the command line.
enum OptimizerName: String, ExpressibleByArgument, CaseIterable {
    case adamw, sgd, lars
}

/// The value of `--early`.
struct EarlyCrops: ExpressibleByArgument {
    let early: Recipe.Crops.Early?

    init?(argument: String) {
        if argument == "none" {
            early = nil
            return
        }
        guard let match = argument.wholeMatch(of: /([0-9.]+):(\d{1,6})\/(\d{1,6})/), let until = Double(match.1),
            let global = Int(match.2), let local = Int(match.3)
        else { return nil }
        early = .init(until: until, globalSize: global, localSize: local)
    }
}
