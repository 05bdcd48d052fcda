import ArgumentParser
import DINO
import Foundation
import Tensors

/// Starts the server again and again: seconds until it is ready, its memory, and what it takes on a disk.
struct StartBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "From start to ready, resident memory, and the size of what is installed.",
        discussion: """
            From the start of the process to the first 200 of /readyz, the weights in the page cache. The memory is what Linux calls \
            resident, in megabytes (10⁶ bytes), once ready and after requests one at a time. There is no collection.
            """)

    @Option(help: "vits16, vits8 or vitb16, with random weights.") var model = "vits16"
    @Option(help: "Precisions, separated by commas: fp32, bf16, int8, auto.") var precisions = "fp32,bf16,int8,auto"
    @Option(help: "Requests before the memory is looked at again.") var requests = 100
    @Option(help: "The server to start, for instance what scripts/docker/build made (default: the one built beside).")
    var binary: String?
    @OptionGroup var options: RunOptions

    func validate() throws {
        guard (1...100_000).contains(requests) else { throw ValidationError("--requests is from 1 to 100,000") }
    }

    func run() throws {
        let random = try RandomModel.named(model)
        let choices = precisions.split(separator: ",").map(String.init)
        guard choices.allSatisfy({ PrecisionChoice($0) != nil }) else {
            throw ValidationError("--precisions \(precisions): choose among \(PrecisionChoice.names)")
        }
        let program = binary.map { URL(fileURLWithPath: $0) } ?? ServedProgram.program
        var figures = Figures<What>()
        try withTemporaryFolder { folder in
            try random.write(into: folder)
            for _ in 0..<options.rounds {
                for choice in choices { try measure(program, folder, choice, &figures) }
            }
        }
        let lines = choices.map { Line(self, $0, random.architecture, figures) }
        let installed = try Installed(program)
        for line in lines { try printLine(line) }
        try printLine(installed)
        if options.report { try report(lines, installed).write() }
    }

    /// One start of the server, and its end.
    private func measure(
        _ program: URL, _ folder: URL, _ choice: String, _ figures: inout Figures<What>
    ) throws {
        let start = ContinuousClock.now
        let server = try ServedProgram.ours(folder, precision: choice, threads: options.threads, program: program)
        defer { server.stop() }
        try server.waitUntilReady(Load.get("/readyz"), every: 500)
        figures.add((ContinuousClock.now - start) / .seconds(1), for: What(choice, .seconds))
        figures.add(try ProcessMemory.megabytes(of: server.processIdentifier), for: What(choice, .ready))
        let request = Load.embedding(try Photograph.sample())
        var connection = try KeptConnection(port: server.port)
        for _ in 0..<requests {
            let status = try connection.exchange(request)
            guard status == 200 else { throw ClientError("the server answered \(status) instead of 200") }
        }
        figures.add(try ProcessMemory.megabytes(of: server.processIdentifier), for: What(choice, .used))
    }
}

extension ProcessMemory {
    /// What another process holds in memory, in megabytes.
    fileprivate static func megabytes(of process: Int32) throws -> Double {
        Double(try status("VmRSS:", of: "\(process)")) / 1e6
    }
}
