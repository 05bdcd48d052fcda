import ArgumentParser
import FeatureStorage
import Foundation

/// Writes the collection's features for other programs.
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the collection's features and what is known of its images.",
        discussion: """
            To a folder: features.npy (images, D) and images.jsonl, a line for each row. To a .safetensors file: the \
            same numbers as the tensor "features", and the lines in FILE.jsonl beside it. The rows are in the order of \
            the ids. Every file appears whole or not at all. Ends with 2 where it could not do its work.
            """)

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var database: DatabaseOption
    @Option(name: .shortAndLong, help: "A folder, made where there is none, or a .safetensors file.") var output: String
    @Option(help: "The fingerprint of the features to write (default: those that are searched).")
    var fingerprint: String?

    func run() async throws {
        try await endingWith2 {
            let configuration = try CollectionConfiguration(file.values(flags: database.flags))
            let rows = try await CollectionFile.reading(configuration) { [output, fingerprint] store in
                try CollectionExport(store: store, fingerprint: fingerprint).write(to: output)
            }
            print("\(output): \(rows) images")
        }
    }
}
