import Foundation

/// The machine that was measured, in words.
enum Machine {
    /// The processor, its cores, what its vectors can do, and the day.
    static var description: String {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return [field("model name", info), "\(cores) core\(cores == 1 ? "" : "s")", vectors(info), day]
            .filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// The value of the first line `name : value`.
    private static func field(_ name: String, _ info: String) -> String {
        let line = info.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: ":").dropFirst().joined(separator: ":").trimmingCharacters(in: .whitespaces) ?? ""
    }

    private static func vectors(_ info: String) -> String {
        let flags = Set(field("flags", info).split(separator: " "))
        let names = [("avx512f", "AVX-512"), ("avx512_bf16", "BF16"), ("avx512_vnni", "VNNI")]
        let found = names.filter { flags.contains($0.0[...]) }.map(\.1)
        return found.isEmpty && flags.contains("avx2") ? "AVX2" : found.joined(separator: " ")
    }

    private static var day: String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_GB")
        formatter.dateFormat = "d MMMM yyyy"
        return formatter.string(from: Date())
    }
}
