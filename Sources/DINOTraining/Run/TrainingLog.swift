import Foundation

/// A run's `log.jsonl`, and the TensorBoard file that repeats it.
///
/// A run that goes on from a checkpoint cuts off what was logged after that checkpoint, so no step appears twice; the
/// TensorBoard file is written anew from what remains.
package final class TrainingLog {
    /// Every line so far, those of earlier runs included.
    package private(set) var lines: [LogLine] = []
    private let file: AppendedFile
    private let events: EventFile

    /// The log in a folder.
    ///
    /// - Parameter step: the step that comes next; later lines are dropped.
    package init(folder: RunFolder, before step: Int) throws(TrainingError) {
        file = folder.log
        var end = 0
        let data = try file.contents()
        for line in data.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            guard step > 0, let read = try? JSONDecoder().decode(LogLine.self, from: line), read.step <= step else {
                break
            }
            lines.append(read)
            end += line.count + 1
        }
        try file.truncate(to: end)
        events = try EventFile(folder.url.appendingPathComponent("events.out.tfevents.dino-train"))
        for line in lines { try events.append(line) }
    }

    /// Brings the lines to the disk: a checkpoint that speaks of a step comes after its line.
    func flush() throws(TrainingError) { try file.flush() }

    /// Adds a line to both files.
    package func append(_ line: LogLine) throws(TrainingError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(line) else {
            throw .output(file: file.url.path, reason: "step \(line.step) measured something that is not finite")
        }
        try file.append(json + Data([0x0A]))
        try events.append(line)
        lines.append(line)
    }
}
