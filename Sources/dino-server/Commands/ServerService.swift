import DINO
import FeatureAPI
import FeatureStorage
import Foundation
import HTTPServer
import ServiceLifecycle

/// The HTTP server as a service that stops when asked: readiness first, then the listener, then what is in flight.
struct ServerService: Service {
    let server: HTTPServer
    let health: Health
    let pipeline: EmbeddingPipeline
    let jobs: JobBoard?
    let greeting: Greeting

    /// How long work that waits for the model may go on after a stop was asked for. The connections that remain are cut
    /// five seconds later, so each still gets an answer that says why there is no other.
    private static let patience = Duration.seconds(20)

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.run(onListening: greeting.print)
        } onGracefulShutdown: {
            Terminal.error("dino-server stops; what is in flight is finished first, a second signal ends it at once")
            health.beginDraining()
            server.beginGracefulShutdown()
            Task { await jobs?.stop() }
            Task {
                try await Task.sleep(for: Self.patience)
                pipeline.stop()
            }
        }
    }
}

/// What the server says once clients can connect.
struct Greeting: Sendable {
    let model: Model
    /// The generation that is searched; nothing where there is no collection.
    let collection: Generation?
    let host: String

    /// Prints address, model, collection, where the page is, and a line to try.
    func print(port: Int) {
        let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let shape = model.architecture
        FileHandle.standardError.write(
            Data(
                """
                dino-server listens on http://\(authority)
                model \(model.name): \(shape.family.rawValue), patch \(shape.patchSize), \(shape.embedDim) dimensions, \(
                    model.precision.rawValue)\(model.fastDecode ? ", fast decoding" : "")
                fingerprint \(model.fingerprint)
                \(images)
                the page: http://\(authority)/
                try: curl http://\(authority)/v1/embeddings -H 'Content-Type: image/jpeg' --data-binary @photo.jpg

                """.utf8))
    }

    /// What is searched, and with whose features.
    private var images: String {
        guard let collection else { return "no collection (--\(Setting.database.flag) none)" }
        let count = "collection of \(collection.count) images, generation \(collection.id)"
        guard collection.model.fingerprint != model.fingerprint else { return count }
        return count + " of another model, \(collection.model.name): "
            + "searches by image wait for re-embedding (dino-server reindex, with the settings of this start)"
    }
}
