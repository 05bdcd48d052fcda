import FeatureAPI
import FeatureStorage
import Foundation

/// The collection's file, as the commands open it: while no server has it.
enum CollectionFile {
    /// The store that the settings name, made where there is none and `isMade` says so. Blocking.
    static func open(_ configuration: CollectionConfiguration, isMade: Bool) throws -> FeatureStore {
        guard let path = configuration.path else { throw NoCollection(path: nil) }
        guard isMade || FileManager.default.fileExists(atPath: path) else { throw NoCollection(path: path) }
        var options = FeatureStore.Options()
        options.keepsOriginals = configuration.keepsOriginals
        return try FeatureStore.open(path, options: options)
    }

    /// What `body` makes of the store on a thread of its own: what blocks stays off the cooperative pool.
    static func using<Value: Sendable>(
        _ configuration: CollectionConfiguration, _ body: @escaping @Sendable (FeatureStore) throws -> Value
    ) async throws -> Value {
        try await WorkerPool(width: 1).run {
            let store = try open(configuration, isMade: false)
            let value = try body(store)
            try store.close()
            return value
        }
    }
}

/// A command without a collection to work on.
struct NoCollection: Error, CustomStringConvertible {
    let path: String?

    var description: String {
        let hint = "Name its file with --\(Setting.database.flag) or \(Setting.database.variable)"
        guard let path else { return "There is no collection, as the database is \"none\". \(hint)." }
        return "\(path): there is no such file. \(hint), or make it with `dino-server import`."
    }
}
