public import Foundation

public struct Photograph: Sendable {
    public let name: String
    public let label: Int?
    let url: URL
    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: url)) }
}

public struct Photographs: Sendable {
    public let photographs: [Photograph]
    public let classes: [String]
    public static func find(_ url: URL) throws(TrainingError) -> Photographs {
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: url.path))?.sorted() ?? []
        let files = all.filter { [".jpg", ".jpeg", ".png"].contains(where: $0.lowercased().hasSuffix) }
        guard !files.isEmpty else { throw .recipe("\(url.path) holds no image") }
        let classes = Set(files.compactMap { $0.contains("/") ? String($0.split(separator: "/")[0]) : nil }).sorted()
        let index = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        return Photographs(
            photographs: files.map {
                Photograph(
                    name: $0, label: $0.contains("/") ? index[String($0.split(separator: "/")[0])] : nil,
                    url: url.appendingPathComponent($0))
            }, classes: classes)
    }
}
