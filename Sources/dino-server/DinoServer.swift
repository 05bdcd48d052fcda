import ArgumentParser

/// The program: a server by default, and what one does with a model at the command line.
@main
struct DinoServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dino-server",
        abstract: "From photographs to the features of a trained DINO Vision Transformer.",
        version: "0.1.0",
        subcommands: [
            Serve.self, Import.self, Export.self, Check.self, Reindex.self, NearDuplicates.self, Embed.self,
            Verify.self,
            Attention.self, PCA.self, Match.self, Models.self, Convert.self,
        ],
        defaultSubcommand: Serve.self)
}
