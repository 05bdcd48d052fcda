import DINOTraining
import Tensors

extension TrainBenchmark {
    struct What: Hashable {
        let runtime: String
        let precision: Precision

        static func ours(_ precision: Precision) -> What { What(runtime: "dino-train", precision: precision) }
    }

    struct PeerLine: Decodable {
        let runtime: String
        let precision: Precision
        let imagesPerSecond: Double

        enum CodingKeys: String, CodingKey {
            case runtime, precision
            case imagesPerSecond = "images_per_s"
        }
    }

    struct Line: Encodable {
        let runtime, precision, setup: String
        let threads, rounds: Int
        let imagesPerSecond: Spread?
        /// How many times ours of the same precision is faster than this one, round by round.
        let oursIsFasterBy: Spread?

        enum CodingKeys: String, CodingKey {
            case runtime, precision, setup, threads, rounds
            case imagesPerSecond = "images_per_s"
            case oursIsFasterBy = "ours_is_faster_by"
        }

        init(_ what: What, _ benchmark: TrainBenchmark, _ figures: Figures<What>) {
            (runtime, precision, setup) = (what.runtime, what.precision.rawValue, benchmark.setup)
            (threads, rounds) = (benchmark.options.threads, benchmark.options.rounds)
            imagesPerSecond = figures[what]
            oursIsFasterBy = figures.ratio(.ours(what.precision), to: what)
        }
    }

    func report(_ figures: Figures<What>, _ order: [What], _ setup: Setup, _ peaks: Peaks) -> Report {
        let sizes = CropSizes(global: setup.global, local: setup.local)
        let operations = StepCost(Self.recipe(setup)).operations(sizes)
        let rows = order.map { what in
            let share = figures[what].flatMap {
                peaks.share(operations, inMilliseconds: 1000 / $0.median, what.precision)
            }
            let ratio = figures.ratio(.ours(what.precision), to: what)
            return [
                "\(what.precision.rawValue): \(what.runtime)", figures[what]?.text ?? "", share?.percent ?? "",
                what == .ours(what.precision) ? "" : ratio?.text ?? "",
            ]
        }
        var report = Report("train-\(self.setup)")
        report.add(
            MarkdownTable(
                [
                    "crops of 2×\(setup.global) and \(setup.locals)×\(setup.local), batch \(setup.batch)",
                    "images a second", "share of the peak", "ours is faster by",
                ], rows: rows))
        report.add(options.method)
        return report
    }
}
