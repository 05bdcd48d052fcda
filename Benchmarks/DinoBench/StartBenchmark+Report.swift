import ArgumentParser
import DINO
import Foundation
import Tensors

extension StartBenchmark {
    /// What is told of a start.
    enum Figure {
        case seconds, ready, used
    }

    /// A figure in a precision.
    struct What: Hashable {
        let precision: String
        let figure: Figure

        init(_ precision: String, _ figure: Figure) { (self.precision, self.figure) = (precision, figure) }
    }

    struct Line: Encodable {
        let model, precision: String
        let threads, starts, requests: Int
        let seconds, readyMB, usedMB: Spread?
        /// Megabytes of the weights as the kernels keep them; nothing where the precision is chosen at the start.
        let weightsMB: Double?

        enum CodingKeys: String, CodingKey {
            case model, precision, threads, starts, requests, seconds
            case readyMB = "resident_ready_mb"
            case usedMB = "resident_after_requests_mb"
            case weightsMB = "packed_weights_mb"
        }

        init(_ benchmark: StartBenchmark, _ choice: String, _ shape: Architecture, _ figures: Figures<What>) {
            (model, precision) = (benchmark.model, choice)
            (threads, starts, requests) = (benchmark.options.threads, benchmark.options.rounds, benchmark.requests)
            seconds = figures[What(choice, .seconds)]
            readyMB = figures[What(choice, .ready)]
            usedMB = figures[What(choice, .used)]
            weightsMB = Precision(rawValue: choice).map { Double(shape.packedBytes($0)) / 1e6 }
        }
    }

    func report(_ lines: [Line], _ installed: Installed) -> Report {
        var table = MarkdownTable([
            "\(model), precision", "start to ready, s", "resident once ready, MB", "after \(requests) requests, MB",
            "packed weights, MB",
        ])
        for line in lines {
            let cells = [line.seconds, line.readyMB, line.usedMB].map { $0?.text ?? "" }
            table.add([line.precision] + cells + [line.weightsMB?.short ?? ""])
        }
        var report = Report("start")
        report.add(table)
        report.add(
            "The server has no collection here (`--database none`). On the disk: the binary \(installed.binaryMB.short) MB, the \(installed.libraries.count) shared libraries that it "
                + "names \(installed.librariesMB.short) MB, of which \(installed.largest). " + options.method)
        return report
    }
}

extension Architecture {
    /// Bytes of the weights as the kernels of a precision keep them, without padding.
    fileprivate func packedBytes(_ precision: Precision) -> Int {
        tensorShapes.reduce(0) { sum, tensor in
            let count = tensor.value.reduce(1, *)
            guard tensor.key.hasSuffix(".weight"), tensor.value.count > 1 else { return sum + 4 * count }
            switch precision {
            case .fp32: return sum + 4 * count
            case .bf16: return sum + 2 * count
            case .int8: return sum + (tensor.key.hasPrefix("patch_embed") ? 2 : 1) * count
            }
        }
    }
}

/// A program and the shared libraries it names, as `ldd` finds them.
struct Installed: Encodable {
    /// Megabytes (10⁶ bytes).
    let binaryMB, librariesMB: Double
    /// By file name.
    let libraries: [String: Double]

    enum CodingKeys: String, CodingKey {
        case libraries
        case binaryMB = "binary_mb"
        case librariesMB = "libraries_mb"
    }

    /// - Throws: `ValidationError` where `ldd` cannot read the program.
    init(_ program: URL) throws {
        let ldd = Process(), output = Pipe()
        ldd.executableURL = URL(fileURLWithPath: "/usr/bin/ldd")
        ldd.arguments = [program.path]
        ldd.standardOutput = output
        try ldd.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        ldd.waitUntilExit()
        guard ldd.terminationStatus == 0 else { throw ValidationError("ldd cannot read \(program.path)") }
        var found: [String: Double] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let arrow = words.firstIndex(of: "=>"), words.count > arrow + 1 else { continue }
            let file = URL(fileURLWithPath: String(words[arrow + 1])).resolvingSymlinksInPath()
            found[file.lastPathComponent] = try Self.megabytes(file)
        }
        libraries = found
        librariesMB = found.values.reduce(0, +)
        binaryMB = try Self.megabytes(program)
    }

    /// The three largest, in words.
    var largest: String {
        libraries.sorted { $0.value > $1.value }.prefix(3).map { "`\($0.key)` \($0.value.short)" }
            .joined(separator: ", ")
    }

    private static func megabytes(_ file: URL) throws -> Double {
        Double(try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0) / 1e6
    }
}
