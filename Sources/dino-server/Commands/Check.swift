import ArgumentParser
import FeatureAPI
import FeatureStorage
import Foundation

/// Verifies the collection's file.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify the collection: structure, hashes, counts and vectors.",
        discussion: """
            Reads the whole file, while no server has it, and changes nothing. Ends with 0 where all is well, with 1 \
            after listing what is not, and with 2 where the file cannot be read.
            """)

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await endingWith2 { try await check() }
    }

    private func check() async throws {
        let configuration = try CollectionConfiguration(file.values(flags: database.flags))
        let report = try await CollectionFile.reading(configuration) { store in
            var progress = Progress(total: 0, done: 0, unit: "steps")
            let report = try store.check(hash: ImageIngest.contentHash) { done, total in
                progress.advance(to: done, of: total)
            }
            progress.finish()
            return report
        }
        for sentence in report.findings + report.notes { print(sentence) }
        let path = configuration.path ?? ""
        guard report.isClean else {
            print("\(path): \(report.findings.count) findings")
            throw ExitCode(1)
        }
        print("\(path): \(report.images) images, all is well")
    }
}
