import ArgumentParser
import DINO
import FeatureAPI
import Foundation
import HTTPServer
import Logging
import ServiceLifecycle
import Tensors

/// Serves the model over HTTP until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a model over HTTP (default).",
        discussion: """
            Each setting by flag, by environment and in a JSON file; a flag wins over the environment, the environment \
            over the file.
            """)

    @OptionGroup var common: ModelOptions
    @OptionGroup var database: DatabaseOption
    @OptionGroup var keeping: KeepingOptions
    @Option(name: .customLong(Setting.host.flag), help: Setting.host.help) var host: String?
    @Option(name: .customLong(Setting.names.flag), help: Setting.names.help) var names: String?
    @Option(name: .customLong(Setting.port.flag), help: Setting.port.help) var port: String?
    @Flag(name: .customLong(Setting.insecure.flag), help: Setting.insecure.help) var insecure = false
    @Option(name: .customLong(Setting.adminKey.flag), help: Setting.adminKey.help) var adminKey: String?
    @Option(name: .customLong(Setting.maxBatch.flag), help: Setting.maxBatch.help) var maxBatch: String?
    @Option(name: .customLong(Setting.maxQueue.flag), help: Setting.maxQueue.help) var maxQueue: String?
    @Option(name: .customLong(Setting.maxQueueBytes.flag), help: Setting.maxQueueBytes.help) var maxQueueBytes: String?
    @Option(name: .customLong(Setting.maxTokens.flag), help: Setting.maxTokens.help) var maxTokens: String?
    @Option(name: .customLong(Setting.logLevel.flag), help: Setting.logLevel.help) var logLevel: String?
    @Flag(help: "Print the values in force and where each came from, and end.") var printConfig = false

    func run() async throws {
        let values = try common.values(flags: flags)
        let configuration = try ServeConfiguration(values)
        if printConfig { return Self.print(values) }
        let compute = try values.compute()
        try await serve(try values.loadModel(on: compute), on: compute, configuration)
    }

    private var flags: [Setting: String] {
        let own = [
            Setting.host: host, .names: names, .port: port, .insecure: insecure ? "true" : nil, .adminKey: adminKey,
            .maxBatch: maxBatch, .maxQueue: maxQueue, .maxQueueBytes: maxQueueBytes, .maxTokens: maxTokens,
            .logLevel: logLevel,
        ].compactMapValues { $0 }
        return own.merging(database.flags) { $1 }.merging(keeping.flags) { $1 }
    }

    private static func print(_ values: SettingValues) {
        for setting in Setting.allCases {
            let entry = values[setting]
            let text = setting.isSecret && !entry.text.isEmpty ? "(not shown)" : entry.text
            Swift.print("\(setting.member) = \(text)    # \(entry.source)")
        }
    }

    private func serve(_ model: Model, on compute: Compute, _ configuration: ServeConfiguration) async throws {
        var logger = Logger(label: "dino-server") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = configuration.logLevel
        let pipeline = EmbeddingPipeline(extractor: DINOExtractor(model), configuration: .init(configuration))
        defer { pipeline.stop() }
        let collection = try await endingWith2 {
            try await ServedCollection.open(configuration.collection, pipeline: pipeline, on: compute)
        }
        let health = Health(pipeline)
        let jobs = collection.map { JobBoard(collection: $0) { [logger] in logger.info("\($0)") } }
        let routes = FeatureRoutes(
            pipeline: pipeline, compute: compute, health: health, collection: collection, jobs: jobs,
            access: configuration.adminAccess)
        let service = ServerService(
            server: HTTPServer(configuration: .init(configuration), routes: routes.all, logger: logger),
            health: health, pipeline: pipeline, jobs: jobs,
            greeting: Greeting(model: model, collection: collection?.active.generation, host: configuration.host))
        try await SecondSignal.exiting {
            let group = ServiceGroup(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            try await group.run()
        }
        await jobs?.stop()
        if let collection { try await endingWith2 { try await ServedCollection.close(collection) } }
    }
}

extension EmbeddingPipeline.Configuration {
    fileprivate init(_ configuration: ServeConfiguration) {
        self.init(workers: configuration.threads)
        maximumBatch = configuration.maximumBatch
        maximumPendingImages = configuration.maximumQueue
        maximumPendingBytes = configuration.maximumQueueBytes
    }
}

extension HTTPServer.Configuration {
    fileprivate init(_ configuration: ServeConfiguration) {
        self.init()
        host = configuration.host
        names = configuration.names
        port = configuration.port
    }
}
