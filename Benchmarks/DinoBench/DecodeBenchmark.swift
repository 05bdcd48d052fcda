import ArgumentParser
import DINO
import Foundation

/// Times a JPEG's way to the model's input on one thread, ours and that of Pillow and NumPy, alternately.
struct DecodeBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Milliseconds from a JPEG's bytes to the normalised input on one thread, ours and theirs in turn.")

    @Option(help: "Calls whose median a round takes.") var runs = 41
    @OptionGroup var options: RunOptions

    func validate() throws { try RunOptions.check(runs: runs) }

    func run() throws {
        try withTemporaryFolder { folder in
            let photographs = try DecodePhotographs(in: folder).all
            let (wall, processor) = try measure(photographs)
            for what in processor.keys { try printLine(Line(what, options.rounds, wall, processor)) }
            if options.report { try report(photographs, wall, processor).write() }
        }
    }

    /// The milliseconds of every program by the clock and of the processor.
    private func measure(
        _ photographs: [DecodePhotographs.Photograph]
    ) throws -> (wall: Figures<What>, processor: Figures<What>) {
        var wall = Figures<What>(), processor = Figures<What>()
        func add(_ times: CallTimes, _ program: Program, _ photograph: DecodePhotographs.Photograph) {
            let what = What(program: program, photograph: photograph.name)
            wall.add(times.wall, for: what)
            processor.add(times.processor, for: what)
        }
        for _ in 0..<options.rounds {
            for photograph in photographs {
                add(try ours(photograph, fast: false), .ours, photograph)
                add(try ours(photograph, fast: true), .fast, photograph)
            }
            guard let peers = options.peers else { continue }
            let lines = try Peers(python: peers, folder: Peers.scriptsFolder).run(
                "decode-peer", ["\(runs)"] + photographs.map(\.path), of: PeerLine.self)
            for photograph in photographs {
                guard let line = lines.first(where: { $0.file == photograph.path }) else {
                    throw ValidationError("decode-peer printed no line for \(photograph.path)")
                }
                add(CallTimes(wall: line.ms, processor: line.processorMs), .pillow, photograph)
            }
        }
        return (wall, processor)
    }

    private func ours(_ photograph: DecodePhotographs.Photograph, fast: Bool) throws -> CallTimes {
        let rule = Preprocessing.evaluation
        return try medianTimes(runs: runs) {
            _ = try rule.input(of: photograph.bytes, side: rule.crop, fast: fast)
        }
    }
}
