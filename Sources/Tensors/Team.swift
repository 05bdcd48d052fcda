import CKernels
import Synchronization

/// The owner of the kernel library's threads.
///
/// `@unchecked Sendable` because the pointer never changes and `busy` lets one loop at a time reach it.
final class Team: @unchecked Sendable {
    private let team: OpaquePointer
    private let busy = Mutex(())

    init?(threads: Int) {
        guard let team = dk_team_create(threads) else { return nil }
        self.team = team
    }

    deinit { dk_team_destroy(team) }

    func run(_ tasks: Int, _ body: @Sendable (_ task: Int, _ thread: Int) -> Void) {
        busy.withLock { _ in
            withoutActuallyEscaping(body) { body in
                var loop = Loop(body: body)
                withUnsafeMutablePointer(to: &loop) { context in
                    dk_team_run(
                        team, tasks,
                        { context, task, thread in
                            context.assumingMemoryBound(to: Loop.self).pointee.body(task, thread)
                        }, context)
                }
            }
        }
    }

    private struct Loop {
        let body: @Sendable (_ task: Int, _ thread: Int) -> Void
    }
}
