import ArgumentParser
import Foundation

/// The programs that time other runtimes on this machine.
struct Peers {
    /// A Python interpreter in whose environment the runtimes are installed.
    let python: String
    /// The folder with the programs.
    let folder: URL

    /// The folder beside the checkout.
    static let sharedFolder = Checkout.root.appendingPathComponent("../shared/peers").standardizedFileURL

    /// This checkout's own programs.
    static let scriptsFolder = Checkout.root.appendingPathComponent("scripts")

    /// What a peer prints: its measurements, one JSON object a line.
    func run<Line: Decodable>(_ program: String, _ arguments: [String], of type: Line.Type) throws -> [Line] {
        let measurements = try run(program, arguments).split(separator: "\n").compactMap {
            try? JSONDecoder().decode(type, from: Data($0.utf8))
        }
        guard !measurements.isEmpty else { throw ValidationError("\(program) printed no measurement") }
        return measurements
    }

    /// Runs a program to its end; gives what it printed.
    @discardableResult func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [folder.appendingPathComponent(program).path] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError(
                "\(python) \(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus): "
                    + "is it an interpreter with ../shared/peers/requirements.txt installed?")
        }
        return text
    }
}
