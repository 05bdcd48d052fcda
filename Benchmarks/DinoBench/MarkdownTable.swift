import Foundation

/// A table in Markdown: words on the left, figures on the right.
package struct MarkdownTable {
    private let columns: [String]
    private var rows: [[String]]

    /// A table; the first column holds words.
    package init(_ columns: [String], rows: [[String]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// Adds a row, of as many cells as there are columns.
    package mutating func add(_ row: [String]) { rows.append(row) }

    /// The lines of the table.
    package var text: String {
        let rule = columns.indices.map { $0 == 0 ? "---" : "---:" }
        return ([columns, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}

extension Double {
    /// Three digits that count, or all before the point: 0.213, 2.13, 21.3, 1,778; nothing for what was not measured.
    package var short: String {
        guard isFinite else { return "" }
        let size = magnitude
        guard size >= 999.5 else {
            return String(
                format: size >= 99.95 ? "%.0f" : size >= 9.995 ? "%.1f" : size >= 0.9995 ? "%.2f" : "%.3f", self)
        }
        let digits = Array(String(format: "%.0f", size))
        let grouped = digits.enumerated().map { index, digit in
            (index > 0 && (digits.count - index) % 3 == 0 ? "," : "") + String(digit)
        }
        return (self < 0 ? "-" : "") + grouped.joined()
    }
}
