import Foundation

extension Process {
    /// A program, not started yet, which the system kills as soon as the thread that started it has ended.
    ///
    /// So no server and no other measurement outlives this program, however that ends: Foundation gives every process a
    /// group of its own, which neither Ctrl-C nor a signal to this one reaches.
    static func dependent(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = ["--pdeathsig", "KILL", "--", program] + arguments
        return process
    }
}
