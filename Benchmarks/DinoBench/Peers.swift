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
        try PeerOutput.lines(run(program, arguments), of: type, from: program)
    }

    /// Runs a program to its end; gives what it printed.
    @discardableResult func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process.dependent(python, [folder.appendingPathComponent(program).path] + arguments)
        let output = Pipe()
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

/// What a program that measures prints: a JSON object for each measurement, and warnings of its libraries between them.
package enum PeerOutput {
    /// The measurements, in the order of their lines.
    ///
    /// - Throws: `ValidationError` where there is none, or an object is no measurement: a figure must not get lost unseen.
    package static func lines<Line: Decodable>(
        _ text: String, of type: Line.Type, from program: String
    ) throws -> [Line] {
        let objects = text.split(separator: "\n").filter { $0.hasPrefix("{") }
        guard !objects.isEmpty else { throw ValidationError("\(program) printed no measurement") }
        return try objects.map { object in
            do {
                return try JSONDecoder().decode(type, from: Data(object.utf8))
            } catch {
                throw ValidationError("\(program) printed what is no measurement of this kind: \(object)")
            }
        }
    }
}
