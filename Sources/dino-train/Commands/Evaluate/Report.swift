import DINOTraining
import Foundation

/// What an evaluation prints.
enum Report {
    /// A report as JSON on standard output.
    static func json(_ report: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try StandardOutput.line(String(decoding: try encoder.encode(report), as: UTF8.self))
    }

    /// A share in percent, with two decimals.
    static func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }

    /// Rows of columns, the first aligned left, the others right.
    static func table(_ rows: [[String]]) throws {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                let blanks = String(repeating: " ", count: widths[index] - cell.count)
                return index == 0 ? cell + blanks : blanks + cell
            }
            try StandardOutput.line(cells.joined(separator: "  "))
        }
    }

    /// Names what was left out, on standard error.
    static func list(skipped: [FeatureSet.Skipped]) {
        for image in skipped { TrainTerminal.note("skipped \(image.name): \(image.reason)") }
        if !skipped.isEmpty { TrainTerminal.note("\(skipped.count) images could not be read and were left out") }
    }
}

/// A folder's part of a report.
struct FolderReport: Encodable {
    let folder: String
    let images: Int
    let skipped: [FeatureSet.Skipped]

    init(_ photographs: LabelledPhotographs, _ features: FeatureSet) {
        folder = photographs.folder
        images = features.count
        skipped = features.skipped
    }
}
