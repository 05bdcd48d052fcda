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

    /// The document with this report at its place, or at the end where it has none.
    ///
    /// - Throws: `ValidationError` where the place is not clear.
    package func replacing(in document: String) throws -> String {
        let opening = "<!-- bench:\(name) -->", closing = "<!-- /bench:\(name) -->"
        let before = document.components(separatedBy: opening), after = document.components(separatedBy: closing)
        let place = ([opening] + parts + [closing]).joined(separator: "\n\n")
        if (before.count, after.count) == (1, 1) { return document + "\n\(place)\n" }
        guard before.count == 2, after.count == 2, !before[0].contains(closing) else {
            throw ValidationError(
                "\(Self.document.lastPathComponent) has not one place for this report: keep one line \(opening) "
                    + "and after it one line \(closing)")
        }
        return before[0] + place + after[1]
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
