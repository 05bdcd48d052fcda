import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(3))) struct ReindexCommandTests {
    private let workspace: Workspace
    private var database: String { workspace.path("collection.sqlite") }

    init() throws { workspace = try Workspace() }

    private func run(_ arguments: String...) async throws -> (status: Int32, text: String) {
        let program = try Program(arguments + ["--database", database])
        return (try await program.status(), program.text)
    }

    private func importImages(_ options: String...) async throws {
        for index in 0..<5 {
            _ = try workspace.write("images/\(index).png", PNGFile.noise(side: 8, seed: UInt64(index)))
        }
        let program = try Program(
            ["import", "--database", database, "--model", workspace.model, workspace.path("images")] + options)
        #expect(try await program.status() == 0, "\(program.text)")
    }

    /// The same weights in half the precision: another model.
    private func otherModel() async throws -> String {
        let folder = workspace.path("other")
        let (status, text) = try await Program.run("convert", workspace.model, "-o", folder, "--half", "--name", "other")
        #expect(status == 0, "\(text)")
        return folder
    }

    private func generations() async throws -> [(fingerprint: String, state: String)] {
        let (status, text) = try await run("reindex", "--list")
        #expect(status == 0, "\(text)")
        return text.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            return (String(words[0]), String(words[1]))
        }
    }

    @Test func reindexSwitchesAndGoesBackAndDrops() async throws {
        try await importImages()
        let other = try await otherModel()
        let (status, text) = try await run("reindex", "--model", other)
        #expect(status == 0, "\(text)")
        #expect(text.contains("searches are answered from the features of other"))
        let both = try await generations()
        #expect(both.map(\.state) == ["retired", "active"])
        let check = try await run("check")
        #expect(check.status == 0, "\(check.text)")

        let refused = try await run("reindex", "--drop", both[1].fingerprint)
        #expect(refused.status == 2, "\(refused.text)")
        #expect(try await run("reindex", "--activate", String(both[0].fingerprint.prefix(8))).status == 0)
        #expect(try await generations().map(\.state) == ["active", "retired"])
        #expect(try await run("reindex", "--drop", both[1].fingerprint).status == 0)
        #expect(try await generations().map(\.fingerprint) == [both[0].fingerprint])
        #expect(try await run("reindex", "--activate", "zz").status == 2)
        #expect(try await run("reindex", "--list", "--drop", "zz").status == 64)
    }

    @Test func imagesWithoutTheirFilesKeepTheOldFeatures() async throws {
        try await importImages("--no-originals")
        let (status, text) = try await run("reindex", "--model", try await otherModel())
        #expect(status == 1, "\(text)")
        #expect(text.contains("5 images cannot be re-embedded"))
        #expect(try await generations().map(\.state) == ["active", "building"])
    }

    @Test func nearDuplicatesAreClusters() async throws {
        try await importImages()
        let all = try await run("near-duplicates", "--above=-1", "--json")
        #expect(all.status == 0, "\(all.text)")
        #expect(all.text == "{\"ids\":[1,2,3,4,5]}\n")
        let text = try await run("near-duplicates", "--above=-1")
        // Ids follow the order in which images were embedded, not that of their names.
        let lines = text.text.split(separator: "\n").filter { $0.hasSuffix(".png") }
        #expect(lines.map { $0.prefix(while: \.isNumber) } == ["1", "2", "3", "4", "5"])
        #expect(Set(lines.map { $0.suffix(5) }) == ["0.png", "1.png", "2.png", "3.png", "4.png"])
        #expect(text.text.contains("1 clusters"))
        #expect(try await run("near-duplicates", "--above", "2").status == 64)
    }
}
