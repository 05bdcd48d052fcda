import ArgumentParser
import DINO
import FeatureAPI
import FeatureStorage
import Foundation

/// Re-embeds the collection with another model, and keeps house among the models' features.
struct Reindex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Re-embed the collection with a model, then search in its features.",
        discussion: """
            Takes the stored files through the model of --model; what is done is kept, so the same command goes on where \
            it was stopped. Searches change to the new features at once, after all are there and verified; the old ones \
            stay, to go back to or to drop. Ends with 1 where images cannot be re-embedded: it lists them, and searches \
            stay as they are. Ends with 2 where it could not do its work.
            """)

    @OptionGroup var common: ModelOptions
    @OptionGroup var database: DatabaseOption
    @OptionGroup var keeping: KeepingOptions
    @Flag(help: "List the models whose features are there, and end.") var list = false
    @Option(help: "Search in the features with this fingerprint, or with one that begins so, and end.")
    var activate: String?
    @Option(help: "Delete the features with this fingerprint, or with one that begins so, and end.") var drop: String?

    func validate() throws {
        guard [list, activate != nil, drop != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("--list, --activate and --drop exclude each other.")
        }
    }

    func run() async throws {
        try await endingWith2 {
            let values = try common.values(flags: database.flags.merging(keeping.flags) { $1 })
            let configuration = try CollectionConfiguration(values)
            let thread = WorkerPool(width: 1)
            let store = try await thread.run { try CollectionFile.open(configuration, for: .changing) }
            if list || activate != nil || drop != nil {
                try await thread.run { [self] in try keepHouse(store) }
            } else {
                try await reindex(store, values, keepsPatches: configuration.keepsPatches)
            }
            try await thread.run { try store.close() }
        }
    }

    /// Does what --list, --activate or --drop says. Blocking.
    private func keepHouse(_ store: FeatureStore) throws {
        if let activate {
            let generation = try store.generations().only(activate)
            try store.activate(generation.id)
            print("searches are answered from the features of \(generation.model.name)")
        } else if let drop {
            let generation = try store.generations().only(drop)
            try store.drop(generation.id)
            print("deleted \(generation.count) features of \(generation.model.name)")
        } else {
            let images = try store.count()
            for generation in try store.generations() {
                print(
                    "\(generation.model.fingerprint)  \(generation.state.rawValue.padded(to: 9))"
                        + "\(generation.count) of \(images) images  \(generation.model.name)")
            }
        }
    }

    private func reindex(_ store: FeatureStore, _ values: SettingValues, keepsPatches: Bool) async throws {
        let model = try values.loadModel()
        let pipeline = EmbeddingPipeline(
            extractor: DINOExtractor(model), configuration: .init(workers: try values.threadCount()))
        defer { pipeline.stop() }
        let ingest = ImageIngest(pipeline: pipeline, keepsPatches: keepsPatches)
        var options = Reindexer.Options(imagesInFlight: pipeline.imagesInFlight(size: ingest.size))
        // Nobody else asks here.
        options.yieldsToRequests = false
        let line = ReindexLine()
        do {
            try await Reindexer(store: store, ingest: ingest, options: options).run(progress: line.show) { generation in
                try await WorkerPool(width: 1).run { try store.activate(generation.id) }
            }
        } catch let error as ReindexError {
            line.finish()
            for image in line.unusable { Terminal.error("image \(image.id): \(image.reason)") }
            Terminal.error("\(error)")
            throw ExitCode(1)
        }
        line.finish()
        print("searches are answered from the features of \(model.name), fingerprint \(model.fingerprint)")
    }
}
