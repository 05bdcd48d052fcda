import Checkpoints
public import Foundation

/// The folder a run writes to: `checkpoint.safetensors`, `checkpointNNNN.safetensors` by epoch, `log.jsonl`, a TensorBoard
/// file and `report.html`.
public struct RunFolder: Sendable {
    /// The folder.
    public let url: URL

    /// A folder, made where there is none.
    public init(_ url: URL) throws(TrainingError) {
        self.url = url
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw .output(
                file: url.path, reason: "cannot be made: \(error.localizedDescription); choose another --output_dir")
        }
    }

    /// The newest state, from which a run goes on.
    public var checkpoint: URL { url.appendingPathComponent("checkpoint.safetensors") }

    /// Whether a run left its state here.
    public var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpoint.path) }

    /// The state after so many epochs, which stays.
    func checkpoint(epoch: Int) -> URL {
        let digits = String(epoch)
        let number = String(repeating: "0", count: max(4 - digits.count, 0)) + digits
        return url.appendingPathComponent("checkpoint\(number).safetensors")
    }

    /// Deletes the files that a killed run was in the middle of writing; nobody else may be writing here.
    func removeUnfinished() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        for name in names where name.wholeMatch(of: /(checkpoint\d*\.safetensors|report\.html)\.[A-Za-z0-9]{6}/) != nil
        {
            try? FileManager.default.removeItem(at: url.appendingPathComponent(name))
        }
    }

    /// Writes the report, whole or not at all.
    func write(report html: String) throws(TrainingError) {
        let path = url.appendingPathComponent("report.html").path
        do {
            var file = try AtomicFile(path: path)
            try file.write(Array(html.utf8))
            try file.commit()
        } catch {
            throw .output(file: path, reason: "could not be saved: \(error)")
        }
    }
}
