import Dispatch
import FeatureAPI
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct WorkerPoolTests {
    private struct Fault: Error {}

    /// Numbers in the order in which they were added.
    private final class Record: Sendable {
        private let list = Mutex([Int]())

        var numbers: [Int] { list.withLock { $0 } }

        func add(_ number: Int) { list.withLock { $0.append(number) } }
    }

    @Test func givesWhatTheWorkGivesOrThrows() async throws {
        let pool = WorkerPool(width: 2)
        #expect(try await pool.run { 7 } == 7)
        await #expect(throws: Fault.self) { try await pool.run { throw Fault() } }
    }

    @Test func whatFinishesAnAnswerGoesBeforeWhatBeginsOne() async throws {
        let pool = WorkerPool(width: 1)
        let gate = DispatchSemaphore(value: 0)
        let started = DispatchSemaphore(value: 0)
        let record = Record()
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await pool.run {
                    started.signal()
                    gate.wait()
                }
            }
            try await eventually { started.wait(timeout: .now()) == .success }
            for number in 1...3 {
                let turn: WorkerPool.Turn = number == 3 ? .finishing : .beginning
                group.addTask { try await pool.run(turn) { record.add(number) } }
            }
            try await eventually { pool.count == 4 }
            gate.signal()
            try await group.waitForAll()
        }
        #expect(record.numbers.first == 3)
    }

    @Test func workOfACancelledTaskIsNotBegun() async throws {
        let pool = WorkerPool(width: 1)
        let gate = DispatchSemaphore(value: 0)
        let record = Record()
        let first = Task { try await pool.run { gate.wait() } }
        let second = Task { try await pool.run { record.add(1) } }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.signal()
        try await first.value
        try await pool.run {}
        #expect(record.numbers.isEmpty)
    }
}
