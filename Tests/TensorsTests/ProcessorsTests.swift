import Foundation
import Tensors
import Testing

/// The number of threads a process takes when nobody says one, on machines that are folders.
struct ProcessorsTests {
    /// What stands in the files of a machine of 64 cores, and the threads it is good for.
    struct Machine: CustomTestStringConvertible {
        var testDescription: String
        var files: [String: String]
        var threads: Int
    }

    static let machines = [
        Machine(testDescription: "no control groups", files: [:], threads: 64),
        Machine(
            testDescription: "no bound",
            files: ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"],
            threads: 64),
        Machine(
            testDescription: "a container of one core",
            files: ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "100000 100000\n"], threads: 1),
        Machine(
            testDescription: "two and a half cores",
            files: ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "250000 100000\n"], threads: 2),
        Machine(
            testDescription: "a tenth of a core",
            files: ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "10000 100000\n"], threads: 1),
        Machine(
            testDescription: "more than there is",
            files: ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "9e99 1\n"], threads: 64),
        Machine(
            testDescription: "a bound on a group above",
            files: [
                "proc/self/cgroup": "0::/system.slice/dino-server.service\n",
                "sys/fs/cgroup/system.slice/cpu.max": "300000 100000\n",
                "sys/fs/cgroup/system.slice/dino-server.service/cpu.max": "800000 100000\n",
            ], threads: 3),
        Machine(
            testDescription: "the host's path in a container, version 1",
            files: [
                "proc/self/cgroup": "7:memory:/docker/ab\n4:cpuacct,cpu:/docker/ab\n0::/docker/ab\n",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "400000\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            ], threads: 4),
        Machine(
            testDescription: "no bound, version 1",
            files: [
                "proc/self/cgroup": "4:cpu,cpuacct:/a\n",
                "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
            ], threads: 64),
        Machine(
            testDescription: "files that make no sense",
            files: ["proc/self/cgroup": "0::/../..\nnonsense\n", "sys/fs/cgroup/cpu.max": "100000 0\n"], threads: 64),
    ]

    @Test(arguments: machines) func countsWhatTheControlGroupsGrant(_ machine: Machine) throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("processors-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in machine.files {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(Processors.available(cores: 64, root: root) == machine.threads)
        #expect(Processors.available(cores: 1, root: root) == 1)
    }

    @Test func neverCountsMoreThanThisProcessMayUse() {
        #expect((1...ProcessInfo.processInfo.activeProcessorCount).contains(Processors.available))
    }
}
