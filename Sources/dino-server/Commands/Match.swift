import ArgumentParser
import DINO
import FeatureAPI
import Foundation
import Images
import Tensors

/// Draws which patches of two images belong together.
struct Match: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw the correspondences of two images.",
        discussion: """
            FOLDER/A-B-matches.png shows both images side by side, with a line from each patch to the one of the other image that is \
            most alike, where they are so mutually: the lighter the more alike. With --point or --box there is also \
            FOLDER/A-B-map.png, which shows how alike all patches are to that part of the first image. The images may be of \
            different sizes. Ends with 2 where it could not do its work.
            """)

    @OptionGroup var common: ModelOptions
    @Argument(help: "The first image.") var first: String
    @Argument(help: "The second image.") var second: String
    @Option(name: .shortAndLong, help: "The folder to write to; made where there is none.") var output: String
    @Option(help: "Side in pixels of the model's input (default: the model's own).") var size: Int?
    @Option(help: "Lines to draw, the best ones.") var limit = 50
    @Option(help: "The most that the distance of a pair may be of that to the second nearest patch, above 0 to 1.")
    var ratio: Float?
    @Option(help: ArgumentHelp("A point of the first image in pixels; may be repeated.", valueName: "x,y"))
    var point: [Numbers] = []
    @Option(help: ArgumentHelp("A box of the first image in pixels.", valueName: "x0,y0,x1,y1")) var box: Numbers?

    /// Numbers separated by commas.
    struct Numbers: ExpressibleByArgument {
        var values: [Double]

        init?(argument: String) {
            let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
            values = parts.compactMap { Double($0) }.filter(\.isFinite)
            guard values.count == parts.count else { return nil }
        }
    }

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit takes a number from 0.") }
        guard ratio.map({ $0 > 0 && $0 <= 1 }) ?? true else {
            throw ValidationError("--ratio takes a number above 0, to 1.")
        }
        guard point.allSatisfy({ $0.values.count == 2 }) else { throw ValidationError("--point takes x,y.") }
        guard point.isEmpty || box == nil else { throw ValidationError("--point and --box exclude each other.") }
        if let box = box?.values, box.count != 4 || box[0] >= box[2] || box[1] >= box[3] {
            throw ValidationError("--box takes x0,y0,x1,y1 with x1 above x0 and y1 above y0.")
        }
    }

    func run() async throws {
        try await endingWith2 { try await draw() }
    }

    private func draw() async throws {
        let values = try common.values()
        let compute = try values.compute()
        let pipeline = EmbeddingPipeline(
            extractor: DINOExtractor(try values.loadModel(on: compute)),
            configuration: .init(workers: try values.threadCount()))
        defer { pipeline.stop() }
        let side = try pipeline.model.inputSize(size)
        let folder = try OutputFolder(output)
        let (images, failures) = try await PatchedFiles(pipeline: pipeline, size: side).read([first, second]) { image in
            Kept(width: image.width, height: image.height, shown: PairPicture.shown(image))
        }
        guard let one = images[0], let other = images[1] else { throw failures }
        let sides = [one, other].map {
            ImagePair.Side($0.grid, width: $0.kept.width, height: $0.kept.height, model: pipeline.model, size: side)
        }
        let pair = ImagePair(sides[0], sides[1])
        let maps = try regions.map { try pair.map(of: $0) }
        func picture() -> PairPicture {
            PairPicture(one.kept.shown, other.kept.shown, of: pair, model: pipeline.model, size: side)
        }
        let matches = pair.matches(ratio: ratio, on: compute)
        var lines = picture()
        lines.draw(Array(matches.prefix(limit)))
        try write(lines, "matches", to: folder)
        if !maps.isEmpty {
            var heat = picture()
            heat.draw(maps)
            try write(heat, "map", to: folder)
        }
        print("\(output): \(matches.count) pairs of patches, \(min(limit, matches.count)) drawn")
    }

    private func write(_ picture: PairPicture, _ ending: String, to folder: OutputFolder) throws {
        let names = [first, second].map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
        try folder.write(picture.image.png(), to: (names + [ending]).joined(separator: "-") + ".png")
    }

    /// What is kept of an image besides its features.
    private struct Kept: Sendable {
        var width: Int, height: Int
        /// The image at the size that pictures show it at.
        var shown: RGBImage
    }

    /// The parts of the first image that maps are made of.
    private var regions: [RegionQuery.Shape] {
        if let box = box?.values { return [.box(x0: box[0], y0: box[1], x1: box[2], y1: box[3])] }
        return point.map { .points([RegionQuery.Point(x: $0.values[0], y: $0.values[1])]) }
    }
}
