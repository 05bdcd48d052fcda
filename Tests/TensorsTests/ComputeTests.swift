import Synchronization
import Tensors
import TestSupport
import Testing

/// A sum that many threads add to.
private final class Counter: Sendable {
    private let sum = Atomic(0)

    var value: Int { sum.load(ordering: .relaxed) }

    func add(_ number: Int) { sum.add(number, ordering: .relaxed) }
}

@Suite struct ComputeTests {
    @Test(arguments: [1, 2, 3, 7])
    func everyTaskRunsOnce(_ threads: Int) throws {
        let compute = try Compute(threads: threads)
        for tasks in [0, 1, 2, 5, 1000] {
            let counts = Mutex([Int](repeating: 0, count: tasks))
            compute.forEach(tasks) { task, thread in
                #expect((0..<threads).contains(thread))
                counts.withLock { $0[task] += 1 }
            }
            #expect(counts.withLock { $0 } == [Int](repeating: 1, count: tasks))
        }
    }

    @Test func loopsFromSeveralThreadsTakeTurns() async throws {
        let compute = try Compute(threads: 3)
        let total = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<200 { compute.forEach(7) { task, _ in total.add(task) } }
                }
            }
        }
        #expect(total.value == 8 * 200 * 21)
    }

    @Test func aTeamThatSleptWakes() async throws {
        let compute = try Compute(threads: 2)
        for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(30))
            let total = Counter()
            compute.forEach(100) { task, _ in total.add(task) }
            #expect(total.value == 4950)
        }
    }

    @Test func teamsComeAndGo() throws {
        for _ in 0..<2000 {
            let compute = try Compute(threads: 7)
            let total = Counter()
            compute.forEach(3) { task, _ in total.add(task) }
            #expect(total.value == 3)
        }
    }

    @Test func saysWhichChoicesThereAre() {
        #expect(throws: ComputeError.instructionSet("sse9")) { try Compute(threads: 1, instructionSet: "sse9") }
        #expect(throws: ComputeError.threads(0)) { try Compute(threads: 0) }
        #expect(ComputeError.instructionSet("sse9").description.contains("portable"))
    }

    @Test func openBLASAgreesWithTheFormula() {
        let a = Tensor.random([5, 7], seed: 1), b = Tensor.random([7, 3], seed: 2)
        var transposed = Tensor(zeros: [3, 7])
        for i in 0..<7 { for j in 0..<3 { transposed.scalars[j * 7 + i] = b.scalars[i * 3 + j] } }
        #expect(largestDifference(BLAS.product(a, b), Exact.linear(a, weight: transposed, bias: nil)) < 1e-6)
    }
}
