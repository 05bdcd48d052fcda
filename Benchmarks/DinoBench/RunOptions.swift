import ArgumentParser

/// The options of every measurement in which programs take turns.
struct RunOptions: ParsableArguments {
    @Option(help: "Threads of every program.") var threads = 2
    @Option(help: "Rounds: each runs every program once.") var rounds = 5
    @Option(help: "A Python interpreter with the other programs' packages; without it only ours is measured.")
    var peers: String?
    @Flag(help: "Also write the figures into docs/performance.md.") var report = false

    func validate() throws {
        guard (1...1024).contains(threads), (1...1000).contains(rounds) else {
            throw ValidationError("--threads is from 1 to 1024, --rounds from 1 to 1000")
        }
    }

    /// Throws where a round cannot take the median of so many calls.
    static func check(runs: Int) throws {
        guard (1...1000).contains(runs) else { throw ValidationError("--runs is from 1 to 1000") }
    }

    /// How the figures of a report came about.
    var method: String {
        rounds == 1 ? "One round." : "Medians of \(rounds) rounds, smallest and largest in parentheses."
    }
}
