import Dispatch
import FeatureAPI
import FeatureStorage
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct CommitQueueTests {
    private struct Refused: Error {}
    private let thread = WorkerPool(width: 1)
    private let commits = Recorded()

    /// The transactions that were asked for, by the images' keys.
    private final class Recorded: Sendable {
        let groups = Mutex([[String]]())
    }

    private func image(_ key: String) -> NewImage {
        NewImage(
            key: key, contentHash: String(repeating: "0", count: 64), mediaType: "image/jpeg", bytes: [1], width: 1,
            height: 1, thumbnail: [1], features: ImageFeatures(cls: [1]))
    }

    /// A queue that stores everything but images with the key "bad".
    private var queue: CommitQueue {
        CommitQueue(thread: thread) { [commits] images in
            let keys = images.compactMap(\.key)
            commits.groups.withLock { $0.append(keys) }
            if keys.contains("bad") { throw Refused() }
            return images.enumerated().map { index, image in
                let stored = StoredImage(
                    id: Int64(index + 1), key: image.key, contentHash: image.contentHash, name: nil,
                    mediaType: image.mediaType, byteCount: 1, width: 1, height: 1, label: nil, metadata: nil,
                    createdAt: 0, updatedAt: 0, revision: 1)
                return Insertion(image: stored, outcome: .stored, labelToken: 0)
            }
        }
    }

    /// The keys that were stored, or nil for a request that failed, when `requests` all wait at the same moment.
    private func add(_ requests: [[String]], if precondition: (@Sendable () throws -> Void)? = nil) async -> [[String]?]
    {
        let queue = queue
        let gate = DispatchSemaphore(value: 0)
        thread.begin { gate.wait() }
        return await withTaskGroup { group in
            for (index, keys) in requests.enumerated() {
                group.addTask {
                    let insertions = try? await queue.add(keys.map(image), if: precondition)
                    return (index, insertions?.compactMap(\.image.key))
                }
            }
            try? await eventually { thread.count == requests.count + 1 }
            gate.signal()
            var results = [[String]?](repeating: nil, count: requests.count)
            for await (index, keys) in group { results[index] = keys }
            return results
        }
    }

    @Test func whoeverWaitsIsStoredTogether() async {
        #expect(await add([["a"], ["b", "c"], ["d"]]) == [["a"], ["b", "c"], ["d"]])
        #expect(commits.groups.withLock { $0.map { $0.count } } == [4])
    }

    @Test func theFaultOfOneFailsAlone() async {
        #expect(await add([["a"], ["x", "bad"], ["d"]]) == [["a"], nil, ["d"]])
        #expect(commits.groups.withLock { $0.count } == 4)
    }

    @Test func whatHasAConditionIsStoredByItself() async {
        #expect(await add([["a"], ["b"]], if: {}) == [["a"], ["b"]])
        #expect(commits.groups.withLock { $0.map { $0.count } } == [1, 1])
        #expect(await add([["c"]], if: { throw Refused() }) == [nil])
        #expect(commits.groups.withLock { $0.count } == 2)
    }
}
