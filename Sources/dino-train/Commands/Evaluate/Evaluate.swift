import ArgumentParser

/// Measures what a model's features are worth.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures what a model's features are worth.",
        subcommands: [EvaluateKNN.self, EvaluateLinear.self, EvaluateLocalization.self])
}
