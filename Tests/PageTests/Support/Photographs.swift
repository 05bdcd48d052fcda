import Foundation
import TestSupport

/// The photographs that the page is tried with.
enum Photographs {
    private static let folder = SharedFolder.url.appending(path: "data/photos")

    /// One that the collection does not hold.
    static let cat = folder.appending(path: "n02124075_Egyptian_cat.jpg")
    /// Another one.
    static let siamang = folder.appending(path: "n02483708_siamang.jpg")

    /// How many the collection holds.
    static let stored = 40

    /// Copies the collection's photographs into folders that are named for their labels: the dogs, and other animals.
    static func copyCollection(to place: URL) throws {
        let files = FileManager.default
        let names = try files.contentsOfDirectory(atPath: folder.path).sorted().filter { $0 != cat.lastPathComponent }
        for name in names.prefix(stored) {
            let isDog = ("n02085936"..."n02113713").contains(String(name.prefix(9)))
            let labelled = place.appending(path: isDog ? "dog" : "animal")
            try files.createDirectory(at: labelled, withIntermediateDirectories: true)
            try files.copyItem(at: folder.appending(path: name), to: labelled.appending(path: name))
        }
    }
}
