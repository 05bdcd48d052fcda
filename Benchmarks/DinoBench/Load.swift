import Foundation
import Synchronization

/// Connections that each send a request as soon as the last one was answered.
struct Load {
    let request: [UInt8]
    let connections: Int
    let seconds: Double

    /// What a server did under it.
    struct Outcome {
        /// Answers a second.
        let rate: Double
        /// Milliseconds from a request's first byte to its answer's last, in rising order.
        let latencies: [Double]

        /// The latency that a share of the answers did not exceed.
        func latency(_ share: Double) -> Double {
            latencies.isEmpty ? .nan : latencies[min(latencies.count - 1, Int(share * Double(latencies.count)))]
        }
    }

    /// Sends requests for a time; each connection has a thread.
    ///
    /// - Throws: `ClientError` where an answer is not a 200.
    func run(port: UInt16) throws -> Outcome {
        let results = Mutex<[Result<[Double], ClientError>]>([]), group = DispatchGroup()
        let start = ContinuousClock.now, end = start + .seconds(seconds)
        for _ in 0..<connections {
            group.enter()
            Thread.detachNewThread { [request] in
                let result = Self.latencies(request, port: port, until: end)
                results.withLock { $0.append(result) }
                group.leave()
            }
        }
        group.wait()
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let latencies = try results.withLock { try $0.flatMap { try $0.get() } }
        return Outcome(rate: Double(latencies.count) / elapsed, latencies: latencies.sorted())
    }

    private static func latencies(
        _ request: [UInt8], port: UInt16, until end: ContinuousClock.Instant
    ) -> Result<[Double], ClientError> {
        do {
            var connection = try KeptConnection(port: port)
            var latencies: [Double] = []
            while ContinuousClock.now < end {
                let start = ContinuousClock.now
                let status = try connection.exchange(request)
                guard status == 200 else { throw ClientError("port \(port) answered \(status) instead of 200") }
                latencies.append((ContinuousClock.now - start) / .milliseconds(1))
            }
            return .success(latencies)
        } catch let error as ClientError {
            return .failure(error)
        } catch {
            return .failure(ClientError("\(error)"))
        }
    }

    /// `POST /v1/embeddings` of a JPEG.
    static func embedding(_ jpeg: [UInt8]) -> [UInt8] {
        let head = "POST /v1/embeddings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\n"
        return Array((head + "Content-Length: \(jpeg.count)\r\n\r\n").utf8) + jpeg
    }

    /// `GET` of a path.
    static func get(_ path: String) -> [UInt8] { Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8) }
}
