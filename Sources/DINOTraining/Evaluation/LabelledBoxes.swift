public import Foundation

/// The labelled boxes of some photographs, from a file of lines `FILE CLASS x0 y0 x1 y1` with tabs between, in pixels of
/// the photograph.
public struct LabelledBoxes: Sendable {
    /// The file.
    public let file: String
    /// The sides in pixels by the photograph's name without folders.
    private let boxes: [String: Box]

    /// The number of boxes.
    public var count: Int { boxes.count }

    /// The boxes in a file.
    ///
    /// - Throws: `EvaluationError.boxes`, which names the line.
    public static func read(_ url: URL) throws(EvaluationError) -> LabelledBoxes {
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw .boxes(file: url.path, reason: "cannot be read: \(error.localizedDescription)")
        }
        var boxes: [String: Box] = [:]
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            let sides = fields.dropFirst(2).compactMap { Double($0) }.filter(\.isFinite)
            guard fields.count == 6, sides.count == 4, sides[0] <= sides[2], sides[1] <= sides[3] else {
                throw .boxes(
                    file: url.path, reason: "line \(number + 1) is not FILE, CLASS, x0, y0, x1, y1 with tabs between")
            }
            let box = Box(left: sides[0], top: sides[1], right: sides[2], bottom: sides[3])
            guard boxes.updateValue(box, forKey: String(fields[0])) == nil else {
                throw .boxes(file: url.path, reason: "line \(number + 1) is the second for \(fields[0])")
            }
        }
        return LabelledBoxes(file: url.path, boxes: boxes)
    }

    /// The box of a photograph, in pixels.
    func box(of photograph: String) -> Box? {
        boxes[photograph.split(separator: "/").last.map(String.init) ?? photograph]
    }
}
