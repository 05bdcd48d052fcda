import ArgumentParser
import DINO
import FeatureAPI
import Foundation
import ImageFiles
import Images

/// Draws the principal components of the patches of files, with one basis for all of them.
struct PCA: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pca",
        abstract: "Draw patch features as colours.",
        discussion: """
            Each file becomes FOLDER/NAME-pca.png, a square of pixels for each patch; the first three principal components of \
            the patches of all files together are red, green and blue, so equal colours mean the same in all of them. The \
            basis is written to FOLDER/basis.json; with --basis an earlier one is used, and colours stay what they were. \
            Bad files are reported at the end and left out; the command then ends with 1. It ends with 2 where it could not \
            do its work.
            """)

    @OptionGroup var common: ModelOptions
    @Argument(help: "Images, and folders that are searched for .jpg, .jpeg, .png and .webp.") var paths: [String]
    @Option(name: .shortAndLong, help: "The folder to write to; made where there is none.") var output: String
    @Option(help: "Side in pixels of the model's input (default: the model's own).") var size: Int?
    @Option(help: "Directions of the basis, 1 to 16; the first three are colours.") var components = 3
    @Flag(help: "Tell foreground from background first, and colour the foreground alone.") var foreground = false
    @Option(
        help: "Where colours begin and end: minmax or quantile.",
        transform: { text in
            guard let spread = PatchBasis.Spread(rawValue: text) else {
                throw ValidationError("It takes minmax or quantile.")
            }
            return spread
        })
    var spread = PatchBasis.Spread.minMax
    @Option(help: "A basis.json to colour with.") var basis: String?

    func validate() throws {
        guard (1...16).contains(components) else { throw ValidationError("--components takes 1 to 16.") }
    }

    func run() async throws {
        try await endingWith2 { try await draw() }
    }

    private func draw() async throws {
        let files = try ImagePaths.find(paths)
        let names = try PictureNames(files)
        let given = try basis.map(BasisFile.read)
        let values = try common.values()
        let model = try values.loadModel()
        if let given { try BasisFile.check(given, for: model, file: basis ?? "") }
        let pipeline = EmbeddingPipeline(
            extractor: DINOExtractor(model), configuration: .init(workers: try values.threadCount()))
        defer { pipeline.stop() }
        let side = try pipeline.model.inputSize(size)
        let folder = try OutputFolder(output)
        let (images, failures) = try await PatchedFiles(pipeline: pipeline, size: side).read(files) { _ in }
        let grids = images.compactMap { $0?.grid }
        if !grids.isEmpty {
            let basis = try given?.basis ?? fit(grids)
            for (name, image) in zip(names.names, images) {
                guard let image else { continue }
                let png = try basis.picture(of: image.grid).colors.magnified(pipeline.model.patchSize).png()
                try folder.write(png, to: "\(name)-pca.png")
            }
            var writer = JSONWriter()
            NamedBasis(fingerprint: model.fingerprint, basis: basis).write(to: &writer)
            try folder.write(writer.bytes, to: "basis.json")
            print("\(output): \(grids.count) pictures")
        }
        try failures.report(of: files.count)
    }

    private func fit(_ grids: [GridFeatures]) throws -> PatchBasis {
        let request = PatchBasis.Request(components: components, foreground: foreground, spread: spread)
        let fit = try PatchBasis.fit(grids, request)
        let shares = fit.explained.map { String(format: "%.1f %%", 100 * $0) }.joined(separator: ", ")
        print("share of the variance\(foreground ? " of the foreground" : ""): \(shares)")
        return fit.basis
    }
}

/// Bases as files.
private enum BasisFile {
    /// Bytes of a basis, at most.
    private static let maximumBytes = 1 << 20

    static func read(_ path: String) throws -> NamedBasis {
        let bytes = try RegularFile.read(path, limit: maximumBytes)
        do throws(FeatureAPIError) {
            return try NamedBasis(json: try JSONParser.parse(bytes, what: path))
        } catch {
            throw FileError(path: path, reason: error.detail)
        }
    }

    static func check(_ basis: NamedBasis, for model: Model, file: String) throws {
        guard basis.fingerprint == model.fingerprint else {
            throw FileError(path: file, reason: "the basis is of another model, \(basis.fingerprint)")
        }
    }
}
