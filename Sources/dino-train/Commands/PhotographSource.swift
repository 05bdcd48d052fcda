import FeatureStorage
import Foundation
import ImageFiles

/// Where a command finds photographs: in a folder, in a .tar, or in the collection of a server.
enum PhotographSource {
    /// The photographs at `path`: a folder, a .tar, or the SQLite file of a collection, which no server may have open.
    ///
    /// - Parameter labelled: whether images of a collection that have no label are left out.
    static func find(_ path: String, labelled: Bool = false) throws -> Photographs {
        guard isCollection(path) else { return try Photographs.find(URL(fileURLWithPath: path)) }
        var options = FeatureStore.Options()
        options.readOnly = true
        return try photographs(in: FeatureStore.open(path, options: options), labelled: labelled)
    }

    /// Whether `path` is an SQLite file, by the header that each has (https://sqlite.org/fileformat.html, 1.3.1).
    private static func isCollection(_ path: String) -> Bool {
        guard let file = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)) else { return false }
        defer { try? file.close() }
        return (try? file.read(upToCount: 16)) == Data("SQLite format 3\0".utf8)
    }

    private static func photographs(in store: FeatureStore, labelled: Bool) throws -> Photographs {
        var images = [StoredImage]()
        while true {
            let page = try store.list(ListQuery(after: images.last?.id ?? 0, limit: 500))
            guard !page.isEmpty else { break }
            images += page
        }
        if labelled { images.removeAll { $0.label == nil } }
        guard !images.isEmpty else {
            throw FileError(
                path: store.path, reason: "there is no image in this collection" + (labelled ? " that has a label" : "")
            )
        }
        let classes = Set(images.compactMap(\.label)).sorted()
        let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        return Photographs(
            images.map { photograph($0, label: $0.label.flatMap { places[$0] }, in: store) }, classes: classes)
    }

    private static func photograph(_ image: StoredImage, label: Int?, in store: FeatureStore) -> Photograph {
        Photograph(
            name: ["\(image.id)", image.name].compactMap(\.self).joined(separator: " "), label: label,
            size: image.byteCount, modified: Int(image.createdAt)
        ) { () throws(FileError) in
            let bytes: [UInt8]?
            do throws(StorageError) { bytes = try store.original(image.id) } catch {
                throw FileError(path: "image \(image.id)", reason: error.description)
            }
            guard let bytes else {
                throw FileError(
                    path: "image \(image.id)", reason: "its file is not kept in \(store.path), only its features")
            }
            return bytes
        }
    }
}
