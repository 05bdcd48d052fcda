import Checkpoints
public import Foundation

/// The folder a run writes to, which one process at a time has: `checkpoint.safetensors`, `checkpointNNNN.safetensors` by
/// epoch, `log.jsonl`, a TensorBoard file and `report.html`.
public final class RunFolder: Sendable {
    /// The folder.
    public let url: URL
    /// The log, whose lock is the folder's.
    let log: AppendedFile

    /// A folder, made where there is none, and taken until this is let go.
    ///
    /// - Throws: `TrainingError.output` where it cannot be made or written to, or another run has it.
    public init(_ url: URL) throws(TrainingError) {
        self.url = url
        do throws(CheckpointError) {
            try DurableFolder.make(url.path)
        } catch {
            throw .output(file: url.path, reason: "cannot be made: \(error); choose another --output_dir")
        }
        log = try AppendedFile(url.appendingPathComponent("log.jsonl"))
    }

    /// The newest state, from which a run goes on.
    public var checkpoint: URL { Self.checkpoint(in: url) }

    /// The state at a collapse that ended a run.
    public var collapsed: URL { url.appendingPathComponent("checkpoint-collapsed.safetensors") }

    /// Whether a run left its state here.
    public var hasCheckpoint: Bool { Self.hasCheckpoint(in: url) }

    /// The newest state of a run in a folder that nobody needs to have.
    public static func checkpoint(in url: URL) -> URL { url.appendingPathComponent("checkpoint.safetensors") }

    /// Whether a run left its state in a folder.
    public static func hasCheckpoint(in url: URL) -> Bool {
        FileManager.default.fileExists(atPath: checkpoint(in: url).path)
    }

    /// The state after so many epochs, which stays.
    func checkpoint(epoch: Int) -> URL {
        let digits = String(epoch)
        let number = String(repeating: "0", count: max(4 - digits.count, 0)) + digits
        return url.appendingPathComponent("checkpoint\(number).safetensors")
    }

    /// Deletes the files that a killed run was in the middle of writing; nobody else may be writing here.
    func removeUnfinished() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        let unfinished = /(checkpoint(\d*|-collapsed)\.safetensors|report\.html)\.[A-Za-z0-9]{6}/
        for name in names where name.wholeMatch(of: unfinished) != nil {
            try? FileManager.default.removeItem(at: url.appendingPathComponent(name))
        }
    }

    /// Writes the report, whole or not at all.
    func write(report html: String) throws(TrainingError) {
        let path = url.appendingPathComponent("report.html").path
        do {
            try AtomicFile.write(Array(html.utf8), to: path)
        } catch {
            throw .output(file: path, reason: "could not be saved: \(error)")
        }
    }
}
