import Foundation
import Glibc
import HTTPServer
import InMemoryLogging
import Logging
import Testing

private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

/// What the server takes of its process, and what happens when there is no more; each test has a process of its own.
@Suite struct ScarcityTests {
    @Test func saysOnceThatDescriptorsRanOut() async {
        await #expect(processExitsWith: .success) { try await runOutOfDescriptors() }
    }

    @Test func sleepsWhileNobodyIsConnected() async {
        await #expect(processExitsWith: .success) { try await countWakeupsOfAnIdleServer() }
    }
}

private func runOutOfDescriptors() async throws {
    let handler = InMemoryLogHandler()
    try await withServer(logger: Logger(label: "http") { _ in handler }) { port, _ in
        try await offPool {
            let before = sockets()
            #expect(try once(port, get).status == 200)
            while sockets() > before { usleep(10_000) }
            var hoard = hoardDescriptors()
            var refused: [RawClient] = []
            // Each client takes the descriptor that is given up for it, so that none is left to accept it with.
            for _ in 0..<4 {
                close(hoard.removeLast())
                let client = try RawClient(port: port)
                #expect(try client.response().status == 503)
                refused.append(client)
            }
            for descriptor in hoard { close(descriptor) }
            #expect(try once(port, get).status == 200)
        }
    }
    #expect(handler.entries.filter { $0.level == .warning }.count == 1)
}

private func countWakeupsOfAnIdleServer() async throws {
    try await withServer { port, _ in
        try await offPool {
            _ = try once(port, get)
            usleep(500_000)
            let before = wakeups()
            sleep(2)
            #expect(wakeups() - before < 10)
            // The clock runs again as soon as somebody is there.
            #expect(try once(port, get).status == 200)
        }
    }
}

/// How many sockets this process has.
private func sockets() -> Int {
    let folder = "/proc/self/fd"
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return descriptors.filter { descriptor in
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)")
        return target?.hasPrefix("socket:") == true
    }.count
}

/// Opens descriptors until there are no more, after lowering their number so that this is quick.
private func hoardDescriptors() -> [Int32] {
    var limit = rlimit(rlim_cur: 256, rlim_max: 256)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var hoard: [Int32] = []
    while case let descriptor = dup(0), descriptor >= 0 { hoard.append(descriptor) }
    return hoard
}

/// How often threads of this process have gone to sleep.
private func wakeups() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_nvcsw
}
