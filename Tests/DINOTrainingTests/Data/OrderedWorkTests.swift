import DINOTraining
import Foundation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct OrderedWorkTests {
    @Test(arguments: [1, 3])
    func piecesComeInOrderThoughLaterOnesAreDoneFirst(threads: Int) {
        let work = OrderedWork(5..<40, threads: threads, ahead: 8, name: "test") { number in
            if number % 4 == 0 { Thread.sleep(forTimeInterval: 0.002) }
            return number * number
        }
        for number in 5..<40 { #expect(work.next() == number * number) }
        #expect(work.next() == nil)
    }

    @Test func noMoreIsDoneAheadThanAllowed() throws {
        let begun = Mutex(0)
        let work = OrderedWork(0..<1000, threads: 3, ahead: 4, name: "test") { number in
            begun.withLock { $0 += 1 }
            return number
        }
        #expect(work.next() == 0)
        #expect(work.next() == 1)
        Thread.sleep(forTimeInterval: 0.05)
        #expect(begun.withLock(\.self) <= 6)
    }

    @Test func stoppingEndsTheThreadsAndWhoWaits() {
        let running = Mutex(0)
        let work = OrderedWork(0..<Int.max, threads: 2, ahead: 3, name: "test") { number in
            running.withLock { $0 += 1 }
            Thread.sleep(forTimeInterval: 0.001)
            running.withLock { $0 -= 1 }
            return number
        }
        #expect(work.next() == 0)
        work.stop()
        #expect(running.withLock(\.self) == 0)
        #expect(work.next() == nil)
        work.stop()
    }

    @Test func whoLetsGoLeavesNothingRunning() {
        final class Witness: Sendable {}
        weak var gone: Witness?
        do {
            let witness = Witness()
            gone = witness
            let work = OrderedWork(0..<Int.max, threads: 2, ahead: 2, name: "test") { [witness] number in
                withExtendedLifetime(witness) { number }
            }
            #expect(work.next() == 0)
        }
        // The threads let go of their closures a moment after they leave.
        for _ in 0..<1000 where gone != nil { Thread.sleep(forTimeInterval: 0.001) }
        #expect(gone == nil)
    }

    @Test func waitingIsMeasured() {
        let work = OrderedWork(0..<2, threads: 1, ahead: 1, name: "test") { number in
            Thread.sleep(forTimeInterval: 0.02)
            return number
        }
        _ = work.next()
        _ = work.next()
        #expect(work.waited >= .milliseconds(20))
    }
}
