import FeatureAPI
import FeatureStorage
import Foundation

/// The collection's file, as the commands open it: while no server has it.
enum CollectionFile {
    /// What will be done with the collection.
    enum Purpose {
        /// Images are stored; the file is made where there is none.
        case storing
        /// What is there is changed, or only read.
        case changing, reading
    }

    /// The store that the settings name. Blocking.
    static func open(_ configuration: CollectionConfiguration, for purpose: Purpose) throws -> FeatureStore {
        guard let path = configuration.path else { throw NoCollection(path: nil) }
        guard purpose == .storing || FileManager.default.fileExists(atPath: path) else {
            throw NoCollection(path: path)
        }
        var options = FeatureStore.Options()
        options.keepsOriginals = configuration.keepsOriginals
        options.readOnly = purpose == .reading
        return try FeatureStore.open(path, options: options)
    }

    /// What `body` reads from the store on a thread of its own: what blocks stays off the cooperative pool.
    static func reading<Value: Sendable>(
        _ configuration: CollectionConfiguration, _ body: @escaping @Sendable (FeatureStore) throws -> Value
    ) async throws -> Value {
        try await WorkerPool(width: 1).run {
            let store = try open(configuration, for: .reading)
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
