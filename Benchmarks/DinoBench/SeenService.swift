import DINO
import FeatureAPI
import Foundation
import HTTPServer
import HTTPTypes
import Tensors

/// The service's routes around a model, called without a socket.
struct SeenService {
    private let pipeline: EmbeddingPipeline
    private let routes: [Route]

    init(_ model: Model, compute: Compute, threads: Int) {
        pipeline = EmbeddingPipeline(extractor: DINOExtractor(model), configuration: .init(workers: threads))
        routes = FeatureRoutes(pipeline: pipeline, compute: compute, health: Health(pipeline)).all
    }

    func stop() { pipeline.stop() }

    /// The median time of an answer in milliseconds, after two that do not count.
    func median(_ path: String, _ query: String, _ file: [UInt8], runs: Int) async throws -> Double {
        var times = [Double]()
        for _ in 0..<runs + 2 { times.append(try await milliseconds(path, query, file)) }
        return Spread(Array(times.dropFirst(2))).median
    }

    /// The time of an answer to `POST path?query` with a photograph.
    func milliseconds(_ path: String, _ query: String, _ file: [UInt8]) async throws -> Double {
        let items = URLComponents(string: "?" + query)?.queryItems ?? []
        let request = ServerRequest(
            method: .post, path: path, query: items.map { (name: $0.name, value: $0.value ?? "") },
            headerFields: [.contentType: "image/jpeg"], requestID: "bench", body: RequestBody(file))
        guard let route = routes.first(where: { $0.path == path && $0.method == .post }) else { return .nan }
        let start = ContinuousClock.now
        _ = try await route.handler(request)
        return (ContinuousClock.now - start) / .milliseconds(1)
    }
}

/// What this process holds in memory, by Linux (`proc(5)`), in bytes.
enum ProcessMemory {
    static func resident() throws -> Int { try status("VmRSS:") }

    /// The most since ``forgetPeak()``.
    static func peak() throws -> Int { try status("VmHWM:") }

    static func forgetPeak() throws {
        // 5: the peak becomes what is resident now.
        try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    }

    /// A line of the status of this process, or of that with a number.
    static func status(_ name: String, of process: String = "self") throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }
}
