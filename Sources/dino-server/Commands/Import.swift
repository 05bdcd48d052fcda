import ArgumentParser
import DINO
import FeatureAPI
import FeatureStorage
import Foundation
import ImageFiles

/// Stores the images of a folder or an archive in the collection.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Store the images of a folder or a .tar in the collection.",
        discussion: """
            Embeds and stores every .jpg, .jpeg, .png and .webp in the folder and below it, while no server has the \
            collection. Where every file lies in a folder of its class, that is its label. What is stored already is \
            known by its content and skipped, so the same command goes on where it was stopped. Bad files are reported \
            at the end and left out; the command then ends with 1. It ends with 2 where it could not do its work.
            """)

    @OptionGroup var common: ModelOptions
    @OptionGroup var database: DatabaseOption
    @OptionGroup var keeping: KeepingOptions
    @Argument(help: "A folder or a .tar, which is not unpacked.") var source: String
    @Option(help: "One label for all (default: the names of the class folders).") var label: String?
    @Flag(help: "Store without labels, whatever the folders are called.") var noLabels = false

    func validate() throws {
        guard label == nil || !noLabels else { throw ValidationError("--label and --no-labels exclude each other.") }
        do throws(FeatureAPIError) {
            _ = try label.map(StoredText.label)
        } catch {
            throw ValidationError(error.detail)
        }
    }

    func run() async throws {
        try await endingWith2 { try await importImages() }
    }

    private func importImages() async throws {
        let values = try common.values(flags: database.flags.merging(keeping.flags) { $1 })
        let configuration = try CollectionConfiguration(values)
        let thread = WorkerPool(width: 1)
        let photographs = try await thread.run { [source] in try Photographs.find(URL(fileURLWithPath: source)) }
        let store = try await thread.run { try CollectionFile.open(configuration, for: .storing) }
        let model = try values.loadModel()
        let pipeline = EmbeddingPipeline(
            extractor: DINOExtractor(model), configuration: .init(workers: try values.threadCount()))
        defer { pipeline.stop() }
        let ingest = ImageIngest(pipeline: pipeline, keepsPatches: configuration.keepsPatches)
        let generation = try await thread.run { try store.generation(for: ingest.generationModel) }
        let run = ImportRun(store: store, ingest: ingest, generation: generation.id, label: labels(photographs))
        var report = try await run.store(photographs.photographs)
        try await thread.run { try store.close() }
        report.failures = photographs.unreadable.map { ($0.name, $0.reason) } + report.failures
        print(report, of: photographs, into: configuration.path ?? "", isSearchable: generation.state == .active)
        if !report.failures.isEmpty { throw ExitCode(1) }
    }

    private func labels(_ photographs: Photographs) -> @Sendable (Photograph) throws -> String? {
        { [label, noLabels, classes = photographs.classes] photograph in
            guard !noLabels else { return nil }
            return try (label ?? photograph.label.map { classes[$0] }).map(StoredText.label)
        }
    }

    private func print(_ report: ImportRun.Report, of photographs: Photographs, into path: String, isSearchable: Bool) {
        Swift.print(
            "\(path): \(report.stored) images stored"
                + (report.existing > 0 ? ", \(report.existing) were there already" : ""))
        if report.stored > 0 {
            let rate = String(format: "%.1f", Double(report.stored) / max(report.seconds, 1e-9))
            let idle = String(format: "%.1f", 100 * max(0, 1 - report.computed / max(report.seconds, 1e-9)))
            Swift.print("\(rate) images/s; the model's thread waited \(idle) % of the time")
        }
        if !isSearchable {
            Swift.print(
                "another model's features are searched; `dino-server reindex` completes this one's and switches")
        }
        guard !report.failures.isEmpty else { return }
        for failure in report.failures { Terminal.error("\(failure.file): \(failure.reason)") }
        Terminal.error(
            "\(report.failures.count) of \(photographs.photographs.count + photographs.unreadable.count) files could not "
                + "be stored")
    }
}
