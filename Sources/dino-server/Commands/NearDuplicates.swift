import ArgumentParser
import FeatureAPI
import FeatureStorage
import Foundation
import Tensors

/// Lists clusters of images that are almost the same.
struct NearDuplicates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List clusters of images that are almost the same.",
        discussion: """
            Two images are in one cluster where the cosine of their features reaches the threshold, or where others \
            connect them that way. Every pair is looked at, exactly. A cluster is a paragraph with a line for each image: \
            id, label and name; with --json it is a line of JSON with the ids. Nothing is changed.
            """)

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var database: DatabaseOption
    @Option(name: .customLong(Setting.threads.flag), help: Setting.threads.help) var threads: String?
    @Option(parsing: .unconditional, help: "The smallest cosine that counts, from -1 to 1.") var above: Float = 0.95
    @Flag(help: "Print JSON lines: {\"ids\": [1, 2]}.") var json = false

    func validate() throws {
        guard (-1...1).contains(above) else { throw ValidationError("--above takes a cosine, from -1 to 1.") }
    }

    func run() async throws {
        try await endingWith2 {
            let flags = database.flags.merging([Setting.threads: threads].compactMapValues { $0 }) { $1 }
            let values = try file.values(flags: flags)
            let compute = try values.compute()
            let clusters = try await CollectionFile.reading(try CollectionConfiguration(values)) { [self] store in
                try list(store, on: compute)
            }
            if !json { Swift.print("\(clusters) clusters of images with a cosine of \(above) or more") }
        }
    }

    /// Prints the clusters and gives their number. Blocking.
    private func list(_ store: FeatureStore, on compute: Compute) throws -> Int {
        guard let generation = try store.generations().first(where: { $0.state == .active }) else { return 0 }
        let active = try ActiveGeneration(loading: generation, from: store, compute: compute)
        if let warning = active.warning { Terminal.error(warning) }
        var progress = Progress(total: active.index.count, done: 0)
        let clusters = try active.index.nearDuplicates(above: above, source: active.vectors(in: store)) {
            progress.advance(to: $0, of: $1)
        }
        progress.finish()
        for cluster in clusters { try print(cluster, of: store) }
        return clusters.count
    }

    private func print(_ cluster: [Int64], of store: FeatureStore) throws {
        if json {
            var writer = JSONWriter()
            writer.object { writer in
                writer.key("ids")
                writer.array { for id in cluster { $0.integer(Int(id)) } }
            }
            return Swift.print(String(decoding: writer.bytes, as: UTF8.self))
        }
        for start in stride(from: 0, to: cluster.count, by: 500) {
            let page = Array(cluster[start..<min(start + 500, cluster.count)])
            let images = try store.images(page)
            for image in page.compactMap({ images[$0] }) {
                Swift.print([String(image.id), image.label ?? "", image.name ?? ""].joined(separator: "\t"))
            }
        }
        Swift.print("")
    }
}
