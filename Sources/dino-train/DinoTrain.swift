import ArgumentParser

/// `dino-train`: trains a DINO Vision Transformer without labels, and shows what it learnt.
@main
struct DinoTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dino-train",
        abstract: "Trains a DINO Vision Transformer on photographs without labels, and evaluates it.",
        subcommands: [Train.self, Evaluate.self, Compare.self, Export.self, Ablate.self, Verify.self])

    /// Runs the command of the process' arguments.
    static func main() async { await main(TrainOptions.spelled(Array(CommandLine.arguments.dropFirst()))) }
}
