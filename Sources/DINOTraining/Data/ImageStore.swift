public import Foundation
public import ImageFiles
public import Images

/// The decoded training images, in memory or in a file that is mapped.
///
///     let store = try ImageStore.pack(.find(folder), side: 72, threads: 2, cache: cacheFile)
///     let image = store.image(0)
public final class ImageStore: Sendable {
    /// The names of the classes; `label` counts in them.
    public let classes: [String]
    /// Files that gave no image, and why.
    public let skipped: [(name: String, reason: String)]
    /// A hash of the names and lengths of the files that gave an image; nil for images that come from no files.
    public let fingerprint: String?
    private let labels: [Int?]
    private let pixels: Pixels

    private enum Pixels: Sendable {
        case memory([RGBImage])
        case file(PackedImages)
    }

    /// A store of images that are there already.
    ///
    /// - Precondition: there are as many labels as images.
    public convenience init(images: [RGBImage], labels: [Int?], classes: [String] = []) {
        self.init(.memory(images), labels: labels, classes: classes, skipped: [], fingerprint: nil)
    }

    private init(
        _ pixels: Pixels, labels: [Int?], classes: [String], skipped: [(name: String, reason: String)],
        fingerprint: String?
    ) {
        self.pixels = pixels
        self.labels = labels
        self.classes = classes
        self.skipped = skipped
        self.fingerprint = fingerprint
        precondition(labels.count == count, "\(labels.count) labels of \(count) images")
    }

    /// The number of images.
    public var count: Int {
        switch pixels {
        case .memory(let images): images.count
        case .file(let packed): packed.entries.count
        }
    }

    /// The index of an image's class, nil where there are none.
    public func label(_ index: Int) -> Int? { labels[index] }

    /// An image, upright; from a file it is copied, O(pixels).
    public func image(_ index: Int) -> RGBImage {
        switch pixels {
        case .memory(let images): images[index]
        case .file(let packed): packed.image(index)
        }
    }
}

extension ImageStore {
    /// Decodes photographs, each on one of several threads of its own; the corrupt ones are skipped and listed.
    ///
    /// Blocking: about a millisecond of a core for a 0.1-megapixel JPEG, and where the cache holds the same photographs
    /// already only one pass over its bytes. Memory: without a cache 3 bytes a pixel of all images.
    /// - Parameters:
    ///   - side: what the shorter side of a larger image is brought to (bicubic); nil keeps every image's size.
    ///   - cache: the file to keep the decoded images in; it is written anew where it is absent, damaged, or made from
    ///     other files, versions of them, or another `side`.
    ///   - memory: the most bytes that images may take without a cache; three quarters of the machine's where nil.
    ///   - progress: called on this thread with the photographs done so far and their number.
    /// - Throws: `TrainingError.data` where no photograph could be decoded, the cache cannot be written, or the images do
    ///   not fit into memory.
    public static func pack(
        _ photographs: Photographs, side: Int?, threads: Int, cache: URL? = nil, memory: Int? = nil,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(TrainingError) -> ImageStore {
        guard let path = cache?.path(percentEncoded: false) else {
            var images: [RGBImage] = [], positions: [Int] = [], skipped: [PackedImages.Skipped] = []
            var room = memory ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 4 * 3)
            try decode(photographs, side: side, threads: threads, progress, &skipped) {
                image, position throws(TrainingError) in
                room -= image.pixels.count
                guard room >= 0 else {
                    throw .data(
                        place: "the training images",
                        reason:
                            "\(images.count) of \(photographs.photographs.count) fill this machine's memory: make them "
                            + "smaller (--cache_side), or keep them in a file (--cache)")
                }
                images.append(image)
                positions.append(position)
            }
            return ImageStore(photographs, .memory(images), positions: positions, skipped: skipped)
        }
        let key = PackedImages.key(photographs, side: side)
        if let packed = PackedImages(path: path, key: key, photographs: photographs.photographs.count) {
            return ImageStore(photographs, packed)
        }
        return ImageStore(photographs, try write(photographs, side, threads, progress, to: path, key: key))
    }

    private convenience init(_ photographs: Photographs, _ packed: PackedImages) {
        let positions = packed.entries.map(\.position)
        self.init(photographs, .file(packed), positions: positions, skipped: packed.skipped)
    }

    private convenience init(
        _ photographs: Photographs, _ pixels: Pixels, positions: [Int], skipped: [PackedImages.Skipped]
    ) {
        let files = photographs.photographs
        var hash = PhotographHash()
        for position in positions { hash.add(files[position]) }
        self.init(
            pixels, labels: positions.map { files[$0].label }, classes: photographs.classes,
            skipped: photographs.unreadable + skipped.map { (files[$0.position].name, $0.reason) },
            fingerprint: String(hash.value, radix: 16))
    }

    private static func write(
        _ photographs: Photographs, _ side: Int?, _ threads: Int, _ progress: (Int, Int) -> Void, to path: String,
        key: UInt64
    ) throws(TrainingError) -> PackedImages {
        var writer = try PackedImagesWriter.open(path: path, key: key)
        var skipped: [PackedImages.Skipped] = []
        try decode(photographs, side: side, threads: threads, progress, &skipped) {
            image, position throws(TrainingError) in
            try writer.append(image, position: position)
        }
        try writer.commit(skipped)
        guard let packed = PackedImages(path: path, key: key, photographs: photographs.photographs.count) else {
            throw .data(
                place: path, reason: "the packed images do not read back: check the disk, or choose another file")
        }
        return packed
    }

    /// Hands over the images in the photographs' order.
    private static func decode(
        _ photographs: Photographs, side: Int?, threads: Int, _ progress: (Int, Int) -> Void,
        _ skipped: inout [PackedImages.Skipped],
        _ take: (RGBImage, _ position: Int) throws(TrainingError) -> Void
    ) throws(TrainingError) {
        let files = photographs.photographs
        let work = OrderedWork(files.indices, threads: threads, ahead: 8 * max(threads, 1), name: "decode") {
            position in
            Self.decoded(files[position], side: side)
        }
        for position in files.indices {
            switch work.next() {
            case .success(let image): try take(image, position)
            case .failure(let failure): skipped.append(.init(position: position, reason: failure.reason))
            case nil: break
            }
            progress(position + 1, files.count)
        }
        guard skipped.count < files.count else {
            let first = skipped.first.map { "; \(files[$0.position].name): \($0.reason)" } ?? ""
            throw .data(
                place: "the training images",
                reason: "none of \(files.count) could be decoded\(first)")
        }
    }

    private static func decoded(_ photograph: Photograph, side: Int?) -> Result<RGBImage, Undecodable> {
        do {
            let image = try ImageDecoder.decode(try photograph.bytes())
            guard let side, min(image.width, image.height) > side else { return .success(image) }
            return .success(image.resized(shorterSide: side, filter: .bicubic))
        } catch {
            return .failure(Undecodable(reason: "\(error)"))
        }
    }

    private struct Undecodable: Error {
        let reason: String
    }
}
