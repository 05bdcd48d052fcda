import Tensors

extension EmbedBenchmark {
    /// A runtime, its precision and how many images it takes at once.
    struct What: Hashable {
        let runtime: String
        let precision: Precision
        let batch: Int

        static func ours(_ precision: Precision, _ batch: Int) -> What {
            What(runtime: "dino-server", precision: precision, batch: batch)
        }
    }

    struct PeerLine: Decodable {
        let runtime: String
        let precision: Precision
        let batch: Int
        let msPerImage: Double

        enum CodingKeys: String, CodingKey {
            case runtime, precision, batch
            case msPerImage = "ms_per_image"
        }
    }

    struct Line: Encodable {
        let runtime, precision, model: String
        let size, threads, batch, rounds: Int
        let msPerImage: Spread?
        /// How many times ours of the same precision is faster than this one, round by round.
        let oursIsFasterBy: Spread?

        enum CodingKeys: String, CodingKey {
            case runtime, precision, model, size, threads, batch, rounds
            case msPerImage = "ms_per_image"
            case oursIsFasterBy = "ours_is_faster_by"
        }

        init(_ what: What, _ benchmark: EmbedBenchmark, _ random: RandomModel, _ figures: Figures<What>) {
            (runtime, precision, batch) = (what.runtime, what.precision.rawValue, what.batch)
            (model, size) = (benchmark.model, random.size)
            (threads, rounds) = (benchmark.options.threads, benchmark.options.rounds)
            msPerImage = figures[what]
            oursIsFasterBy = figures.ratio(what, to: .ours(what.precision, what.batch))
        }
    }

    func report(
        _ figures: Figures<What>, _ random: RandomModel, _ sizes: [Int], _ peaks: Peaks
    ) -> Report {
        var table = MarkdownTable(
            ["milliseconds an image"] + sizes.flatMap { ["batch \($0)", "share of the peak", "ours is faster by"] })
        for precision in Precision.allCases {
            var runtimes: [String] = []
            for key in figures.keys where key.precision == precision && !runtimes.contains(key.runtime) {
                runtimes.append(key.runtime)
            }
            for runtime in runtimes {
                table.add(
                    ["\(precision.rawValue): \(runtime)"]
                        + sizes.flatMap { batch in
                            let what = What(runtime: runtime, precision: precision, batch: batch)
                            let cost = ForwardCost(random.architecture, size: random.size, batch: batch)
                            let share = figures[what].flatMap {
                                peaks.share(cost.operations, inMilliseconds: $0.median * Double(batch), precision)
                            }
                            let ratio = figures.ratio(what, to: .ours(precision, batch))
                            let isOurs = what == .ours(precision, batch)
                            return [
                                figures[what]?.text ?? "", share?.percent ?? "", isOurs ? "" : ratio?.text ?? "",
                            ]
                        })
            }
        }
        var report = Report("embed-\(model)")
        report.add(table)
        report.add(options.method)
        return report
    }
}
