extension DecodeBenchmark {
    /// What makes an input of a JPEG.
    enum Program: String, Encodable {
        case ours = "dino-server"
        case fast = "dino-server --fast-decode"
        case pillow = "Pillow and NumPy"
    }

    struct What: Hashable {
        let program: Program
        let photograph: String
    }

    struct PeerLine: Decodable {
        /// The photograph's path.
        let file: String
        let ms, processorMs: Double

        enum CodingKeys: String, CodingKey {
            case file, ms
            case processorMs = "processor_ms"
        }
    }

    struct Line: Encodable {
        let program: Program
        let photograph: String
        let rounds: Int
        let ms, processorMs: Spread?
        /// How many times ours takes less of the processor, round by round.
        let oursIsFasterBy: Spread?

        enum CodingKeys: String, CodingKey {
            case program, photograph, rounds, ms
            case processorMs = "processor_ms"
            case oursIsFasterBy = "ours_is_faster_by"
        }

        init(_ what: What, _ rounds: Int, _ wall: Figures<What>, _ processor: Figures<What>) {
            (program, photograph, self.rounds) = (what.program, what.photograph, rounds)
            (ms, processorMs) = (wall[what], processor[what])
            oursIsFasterBy = processor.ratio(what, to: What(program: .ours, photograph: what.photograph))
        }
    }

    func report(
        _ photographs: [DecodePhotographs.Photograph], _ wall: Figures<What>, _ processor: Figures<What>
    ) -> Report {
        var table = MarkdownTable(
            ["milliseconds"]
                + photographs.flatMap {
                    ["\($0.name), \($0.bytes.count >> 10) KiB", "of the processor", "ours is faster by"]
                })
        for program in [Program.ours, .fast, .pillow] {
            let cells = photographs.flatMap { photograph in
                let what = What(program: program, photograph: photograph.name)
                let ratio = processor.ratio(what, to: What(program: .ours, photograph: photograph.name))
                return [
                    wall[what]?.text ?? "", processor[what]?.text ?? "", program == .ours ? "" : ratio?.text ?? "",
                ]
            }
            if cells.contains(where: { !$0.isEmpty }) { table.add([program.rawValue] + cells) }
        }
        var report = Report("decode")
        report.add(table)
        report.add("\(options.method) The ratio is that of the processor's time.")
        return report
    }
}
