import ArgumentParser
import Checkpoints
import Foundation

/// What one measurement says in docs/performance.md: all that stands between the marks `<!-- bench:NAME -->` and
/// `<!-- /bench:NAME -->`, which it replaces. What people wrote around them stays.
///
///     var report = Report("decode")
///     report.add(MarkdownTable(["milliseconds", "500×375"], rows: [["dino-server", spread.text]]))
///     if run.report { try report.write() }
package struct Report {
    /// The name in the marks.
    package let name: String
    private var parts: [String] = []

    /// A report without content.
    package init(_ name: String) { self.name = name }

    /// Adds a paragraph.
    package mutating func add(_ paragraph: String) { parts.append(paragraph) }

    /// Adds a table.
    package mutating func add(_ table: MarkdownTable) { parts.append(table.text) }

    /// The document with this report at its place.
    ///
    /// - Throws: `ValidationError` where the document has not exactly one place for it.
    package func replacing(in document: String) throws -> String {
        let opening = "<!-- bench:\(name) -->", closing = "<!-- /bench:\(name) -->"
        let before = document.components(separatedBy: opening)
        let after = document.components(separatedBy: closing)
        guard before.count == 2, after.count == 2, document.count > before[0].count + after[1].count else {
            throw ValidationError(
                "\(Self.document.lastPathComponent) has not exactly one place for this report: write the lines \(opening) "
                    + "and \(closing), in this order, where it shall stand")
        }
        return ([before[0] + opening] + parts + [closing + after[1]]).joined(separator: "\n\n")
    }

    /// Writes it into the document, with the command and the machine that it comes from.
    ///
    /// The file changes at once or not at all.
    func write() throws {
        var signed = self
        signed.add("`\(Self.command(CommandLine.arguments.dropFirst()))` on \(Machine.description).")
        let text = try signed.replacing(in: String(contentsOf: Self.document, encoding: .utf8))
        try AtomicFile.write(Array(text.utf8), to: Self.document.path)
    }

    /// The command that a reader repeats: without the path of the interpreter, which is another one there.
    package static func command(_ arguments: some Sequence<String>) -> String {
        var words = ["scripts/bench"], isPath = false
        for argument in arguments where argument != "--report" {
            words.append(isPath ? "PYTHON" : argument)
            isPath = argument == "--peers"
        }
        return words.joined(separator: " ")
    }

    private static let document = Checkout.root.appendingPathComponent("docs/performance.md")
}

/// The folder of this project's sources.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
