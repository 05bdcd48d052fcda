package import Foundation

/// The processors of this machine as far as this process may use them.
public enum Processors {
    /// The threads that can compute at the same time: one for each core of the process's affinity mask, or fewer where its
    /// control groups grant it less time than that. At least 1. Reads a few small files.
    ///
    /// A quota of two and a half cores counts as two: threads that wait for each other would all stand still for the rest
    /// of each period once the third had used it up, and half a core is left for everything else.
    public static var available: Int {
        available(cores: ProcessInfo.processInfo.activeProcessorCount, root: URL(fileURLWithPath: "/"))
    }

    /// The same on a machine whose `/proc` and `/sys` are in the folder `root`.
    package static func available(cores: Int, root: URL) -> Int {
        max(1, min(cores, quotas(root: root).map { Int(min($0, Double(cores))) }.min() ?? cores))
    }

    /// The cores' worth of time that each control group above this process grants, of those that bound it.
    private static func quotas(root: URL) -> [Double] {
        let groups = (text(root.appendingPathComponent("proc/self/cgroup")) ?? "").split(separator: "\n")
        return groups.flatMap { line -> [Double] in
            // Number, controllers, path (cgroups(7)); version 2 names no controllers.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let mount = root.appendingPathComponent("sys/fs/cgroup")
            if fields[1].isEmpty { return folders(mount, fields[2]).compactMap(unifiedQuota) }
            guard fields[1].split(separator: ",").contains("cpu") else { return [] }
            return folders(mount.appendingPathComponent("cpu"), fields[2]).compactMap(legacyQuota)
        }
    }

    /// The folders of a group and of all above it. In a container the path may be the host's: what does not exist has no
    /// quota, and the mount itself is the container's group.
    private static func folders(_ mount: URL, _ path: Substring) -> [URL] {
        path.split(separator: "/").filter { $0 != ".." }.reduce(into: [mount]) { folders, name in
            folders.append(folders[folders.count - 1].appendingPathComponent(String(name)))
        }
    }

    /// Version 2: `cpu.max` holds the time and the period in microseconds, or "max".
    private static func unifiedQuota(_ group: URL) -> Double? {
        let numbers = text(group.appendingPathComponent("cpu.max"))?.split(whereSeparator: \.isWhitespace) ?? []
        return numbers.count == 2 ? quota(Double(numbers[0]), of: Double(numbers[1])) : nil
    }

    /// Version 1: two files; a time of -1 bounds nothing.
    private static func legacyQuota(_ group: URL) -> Double? {
        func number(_ name: String) -> Double? {
            text(group.appendingPathComponent(name)).flatMap {
                Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
        return quota(number("cpu.cfs_quota_us"), of: number("cpu.cfs_period_us"))
    }

    private static func quota(_ time: Double?, of period: Double?) -> Double? {
        guard let time, let period, time > 0, period > 0, (time / period).isFinite else { return nil }
        return time / period
    }

    private static func text(_ file: URL) -> String? { try? String(contentsOf: file, encoding: .utf8) }
}
