public import Foundation
public import ImageFiles

/// Photographs whose classes are known.
public struct LabelledPhotographs: Sendable {
    /// The folder or archive they lie in.
    public let folder: String
    /// The classes' names; a label is a place in this list.
    public let classes: [String]
    let photographs: [Photograph]
    let labels: [Int]
    /// Files and folders that could not be looked at.
    let unreadable: [FeatureSet.Skipped]

    /// The number of photographs.
    public var count: Int { photographs.count }

    /// The photographs of a folder by class, or every so manieth of them where there are more than `limit`.
    ///
    /// - Parameter known: the classes that labels count through, where other photographs decide them.
    /// - Throws: `FileError` where there is no image, `EvaluationError` where there is nothing to tell apart or a class
    ///   is not `known`.
    public static func find(_ url: URL, classes known: [String]? = nil, limit: Int? = nil) throws -> LabelledPhotographs
    {
        try LabelledPhotographs(Photographs.find(url), in: url.path, classes: known, limit: limit)
    }

    /// Photographs that were found in `folder`, under the rules of ``find(_:classes:limit:)``.
    public init(_ found: Photographs, in folder: String, classes known: [String]? = nil, limit: Int? = nil) throws {
        guard !found.classes.isEmpty, found.photographs.allSatisfy({ $0.label != nil }) else {
            throw EvaluationError.noLabels(folder: folder)
        }
        let classes = known ?? found.classes
        guard classes.count > 1 else { throw EvaluationError.oneClass(folder: folder, name: classes[0]) }
        let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($0.element, $0.offset) })
        let labels = try found.classes.map { name in
            guard let place = places[name] else {
                throw EvaluationError.unknownClass(folder: folder, name: name, known: classes)
            }
            return place
        }
        (self.folder, self.classes) = (folder, classes)
        photographs = Self.spread(found.photographs.count, limit: limit).map { found.photographs[$0] }
        self.labels = photographs.compactMap { $0.label.map { labels[$0] } }
        unreadable = found.unreadable.map { .init(name: $0.name, reason: $0.reason) }
    }

    /// At most `limit` places among `count`, evenly spread, so that sorted classes keep their shares.
    static func spread(_ count: Int, limit: Int?) -> [Int] {
        guard let limit, limit < count else { return Array(0..<count) }
        return (0..<max(limit, 0)).map { $0 * count / limit }
    }
}
