package import FeatureStorage
import Synchronization

/// The images that wait to be stored, and the one thread that stores them.
///
/// A transaction that has to last through a loss of power costs a write to the disk, however many images are in it. So
/// whoever waits when the thread becomes free is committed together: alone an upload waits for nobody, under load
/// transactions grow by themselves.
package final class CommitQueue: Sendable {
    /// Images that are stored together or not at all.
    private struct Entry: Sendable {
        let images: [NewImage]
        /// Throws where the collection, as it is when their turn comes, is not the one they are meant for.
        let precondition: (@Sendable () throws -> Void)?
        let result = PendingResult<[Insertion]>()
    }

    private let thread: WorkerPool
    private let commit: @Sendable ([NewImage]) throws -> [Insertion]
    private let waiting = Mutex([Entry]())

    /// A queue that calls `commit` on the one thread of `thread`.
    package init(thread: WorkerPool, commit: @escaping @Sendable ([NewImage]) throws -> [Insertion]) {
        (self.thread, self.commit) = (thread, commit)
    }

    /// Stores `images`; they are durable and found by searches when this returns. Those of a task that is cancelled before
    /// their turn are not stored.
    package func add(
        _ images: [NewImage], if precondition: (@Sendable () throws -> Void)? = nil
    ) async throws -> [Insertion] {
        let entry = Entry(images: images, precondition: precondition)
        return try await entry.result.value {
            waiting.withLock { $0.append(entry) }
            thread.begin { [self] in commitWaiting() }
        }
    }

    private func commitWaiting() {
        var entries = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        entries.removeAll { $0.result.isSettled }
        var group = [Entry]()
        for entry in entries {
            if entry.precondition == nil {
                group.append(entry)
            } else {
                // What it looks at includes everything before it, and nothing may come between.
                commit(group)
                group = []
                commit([entry])
            }
        }
        commit(group)
    }

    private func commit(_ group: [Entry]) {
        guard !group.isEmpty else { return }
        do {
            try group.first?.precondition?()
            var insertions = try commit(group.flatMap(\.images))[...]
            for entry in group {
                entry.result.settle(.success(Array(insertions.prefix(entry.images.count))))
                insertions = insertions.dropFirst(entry.images.count)
            }
        } catch  where group.count > 1 {
            // Nothing of the group is stored, and it may be the fault of one.
            for entry in group { commit([entry]) }
        } catch {
            group.first?.result.settle(.failure(error))
        }
    }
}
