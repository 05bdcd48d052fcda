import ArgumentParser

@main struct DinoBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dino-bench",
        abstract: "Measures this software beside what a user would pick instead, in one run.",
        subcommands: [
            EmbedBenchmark.self, ScaleBenchmark.self, PeakBenchmark.self, ServeBenchmark.self, DecodeBenchmark.self,
            TrainBenchmark.self, SearchBenchmark.self, SeenBenchmark.self, FullReport.self,
        ])
}
