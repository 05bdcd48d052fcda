import ArgumentParser
import DINO
import FeatureAPI
import Foundation
import ImageFiles
import Images

/// Writes pictures of what a model attends to.
struct Attention: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write pictures of where a model sees an object.",
        discussion: """
            For each photograph NAME, at its own size: NAME-head-0.png and so on, NAME-mean.png (the last block's CLS \
            attention of every head and of their mean, in colours), NAME-mask.png (white where the mean holds --threshold \
            of the attention), NAME-overlay.png (the mean over the photograph) and NAME-ncut.png (white where a normalised \
            cut through the patch features finds the object). Bad files are reported and left out; the command then ends \
            with 1. It ends with 2 where it could not do its work.
            """)

    @OptionGroup var common: ModelOptions
    @Argument(help: "Images, and folders that are searched for .jpg, .jpeg, .png and .webp.") var paths: [String]
    @Option(name: .shortAndLong, help: "The folder to write to; it is made where it is missing.") var output: String
    @Option(help: "Side in pixels of the model's input (default: the model's own).") var size: Int?
    @Option(help: "The share of the attention that the mask holds, between 0 and 1.") var threshold: Float = 0.6
    @Option(help: "How patches become pixels: nearest or smooth.") var upsampling = Upsampling.smooth
    @Flag(help: "Leave out patches that a model without registers uses for itself.") var excludeArtefacts = false

    func validate() throws {
        guard threshold > 0, threshold < 1 else { throw ValidationError("--threshold takes a share between 0 and 1.") }
    }

    func run() async throws {
        try await endingWith2 { try await write() }
    }

    private func write() async throws {
        let files = try ImagePaths.find(paths)
        let names = try PictureNames(files)
        let values = try common.values()
        let pipeline = EmbeddingPipeline(
            extractor: DINOExtractor(try values.loadModel()), configuration: .init(workers: try values.threadCount()))
        defer { pipeline.stop() }
        let side = try pipeline.model.inputSize(size)
        guard (side / pipeline.model.patchSize) * (side / pipeline.model.patchSize) <= NormalizedCut.maximumPatches
        else { throw ValidationError("--size \(side) is more than \(NormalizedCut.maximumPatches) patches.") }
        let folder = try OutputFolder(output)
        var progress = Progress(total: files.count, done: 0), failures = 0
        for (file, name) in zip(files, names.names) {
            var shown = [(ending: String, png: [UInt8])]()
            do {
                let bytes = try RegularFile.read(file, limit: RequestLimits().imageBytes)
                let (object, photograph) = try await look(at: bytes, with: pipeline, side: side)
                shown = try pictures(of: object, photograph)
            } catch let error as FeatureAPIError {
                Terminal.error("\(file): \(error.detail)")
                failures += 1
            } catch let error as FileError {
                Terminal.error("\(file): \(error.reason).")
                failures += 1
            }
            for (ending, png) in shown { try folder.write(png, to: "\(name)-\(ending).png") }
            progress.advance()
        }
        progress.finish()
        print("\(output): pictures of \(files.count - failures) images")
        if failures > 0 { throw ExitCode(1) }
    }

    private func look(
        at file: [UInt8], with pipeline: EmbeddingPipeline, side: Int
    ) async throws -> (SeenObject, RGBImage) {
        let kinds: Set<FeatureKind> = [.clsAttention, .patches, .patchNorms]
        let (output, kept, _) = try await pipeline.outputs(of: file, size: side, kinds: kinds) {
            (image: $1, photograph: SeenObject.Photograph($1, input: $0, keepsPixels: false, keepsInput: true))
        }
        let object = try SeenObject(
            output, of: kept.photograph, model: pipeline.model, size: side, method: .ncut,
            excludesArtefacts: excludeArtefacts)
        return (object, kept.image)
    }

    /// The pictures as files with the ends of their names.
    private func pictures(
        of object: SeenObject, _ photograph: RGBImage
    ) throws -> [(ending: String, png: [UInt8])] {
        func heat(_ selection: AttentionMaps.Selection) -> ImageField {
            object.heat(.attention(selection), upsampling: upsampling)
        }
        func mask(_ map: ObjectMap) throws -> [UInt8] {
            try SeenObject.picture(object.mask(map, threshold: threshold, upsampling: upsampling)).png()
        }
        let heads = try object.maps.heads.indices.map {
            ("head-\($0)", try SeenObject.picture(heat(.head($0))).png())
        }
        return heads + [
            ("mean", try SeenObject.picture(heat(.mean)).png()), ("mask", try mask(.attention(.mean))),
            ("overlay", try object.overlay(heat(.mean), on: photograph).png()), ("ncut", try mask(.cut)),
        ]
    }
}

extension Upsampling: ExpressibleByArgument {}
