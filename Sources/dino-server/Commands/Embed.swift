import ArgumentParser
import DINO
import FeatureAPI
import Foundation

/// Embeds files and folders of images into one file of features.
struct Embed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Embed images into a file of features.",
        discussion: """
            The CLS feature of every image, of length 1, in the order of the paths: as a NumPy array (.npy, with the paths \
            in OUTPUT.json beside it), as JSON lines (.jsonl) or as safetensors with the paths in its metadata. What is \
            done is kept in OUTPUT.partial until all is done, so the same command goes on where it was stopped. Bad files \
            are reported at the end and left out; the command then ends with 1. It ends with 2 where it could not do its \
            work.
            """)

    @OptionGroup var common: ModelOptions
    @Argument(help: "Images, and folders that are searched for .jpg, .jpeg, .png and .webp.") var paths: [String]
    @Option(name: .shortAndLong, help: "The file to write: .npy, .jsonl or .safetensors.") var output: String
    @Option(help: "Side in pixels of the model's input (default: the model's own).") var size: Int?

    func run() async throws {
        try await endingWith2 { try await embed() }
    }

    private func embed() async throws {
        let format = try FeatureFile.Format(path: output)
        let files = try ImagePaths.find(paths)
        guard !files.isEmpty else { throw NoImages(paths: paths) }
        let values = try common.values()
        let model = try values.loadModel()
        let pipeline = EmbeddingPipeline(
            extractor: DINOExtractor(model), configuration: .init(workers: try values.threadCount()))
        let side = try pipeline.model.inputSize(size)
        let journal = try Journal(
            path: output + ".partial", identity: .init(fingerprint: model.fingerprint, size: side))
        let earlier = files.count(where: journal.contains)
        let run = EmbeddingRun(pipeline: pipeline, size: side)
        let failures = try await run.embed(files, into: journal)
        pipeline.stop()
        let rows = try FeatureFile.write(
            format, journal: journal, files: files, width: pipeline.model.embedDim, to: output)
        try journal.remove()
        print("\(output): \(rows) images" + (earlier > 0 ? ", \(earlier) of them from an earlier run" : ""))
        guard failures.isEmpty else {
            for failure in failures { Terminal.error("\(failure.file): \(failure.reason)") }
            Terminal.error("\(failures.count) of \(files.count) files could not be embedded")
            throw ExitCode(1)
        }
    }
}

/// Folders without images, which leave nothing to do.
private struct NoImages: Error, CustomStringConvertible {
    let paths: [String]

    var description: String {
        "There is no file that ends in .jpg, .jpeg, .png or .webp under \(paths.joined(separator: ", "))."
    }
}
