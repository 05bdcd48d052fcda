/// What keeps an evaluation from giving a figure.
public enum EvaluationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A folder whose images belong to no class.
    case noLabels(folder: String)
    /// A folder whose images all belong to one class, which every answer would get right.
    case oneClass(folder: String, name: String)
    /// A folder with a class that the training images lack.
    case unknownClass(folder: String, name: String, known: [String])
    /// No image of a folder can be decoded; the reason is the last one's.
    case allUnreadable(folder: String, count: Int, name: String, reason: String)
    /// Fewer images than the fewest neighbours that are asked for.
    case tooFewImages(bank: Int, least: Int)
    /// A size that does not divide into patches.
    case size(Int, patch: Int)
    /// Features that are not numbers.
    case notFinite(name: String)
    /// A file of boxes that cannot be used.
    case boxes(file: String, reason: String)
    /// Photographs that could be read for one of two models only.
    case changed(names: [String])
    /// An evaluation that was asked to stop.
    case stopped
    /// A setting out of its range.
    case setting(String)

    /// The reason in a sentence.
    public var description: String {
        switch self {
        case .noLabels(let folder):
            "\(folder) holds images without classes: put the images of each class into a folder of its own"
        case .oneClass(let folder, let name):
            "\(folder) holds the one class '\(name)', which every answer gets right: give at least two"
        case .unknownClass(let folder, let name, let known):
            "\(folder) holds the class '\(name)', which the training images lack; they have "
                + known.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
                + (known.count > 5 ? " and \(known.count - 5) more" : "")
        case .allUnreadable(let folder, let count, let name, let reason):
            "none of the \(count) images in \(folder) can be read; the last, \(name): \(reason)"
        case .tooFewImages(let bank, let least):
            "\(bank) training images are fewer than \(least) neighbours: give more images or a smaller --k"
        case .size(let size, let patch):
            "images of \(size) px do not divide into patches of \(patch) px: choose a multiple, for instance "
                + "\(max(1, size / patch) * patch)"
        case .notFinite(let name):
            "the features of \(name) are not numbers: the weights are damaged, get them again"
        case .boxes(let file, let reason): "\(file): \(reason)"
        case .changed(let names):
            "the photographs changed between the two models: "
                + names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
                + (names.count > 5 ? " and \(names.count - 5) more" : "")
                + " could be read for one of them only: compare again when nothing else changes them"
        case .stopped: "stopped before there was a figure"
        case .setting(let sentence): sentence
        }
    }
}
