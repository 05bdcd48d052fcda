import Foundation

/// Numbered pieces of work done by threads of its own, some pieces ahead, and handed over in the order of the numbers.
///
/// The threads are not the cooperative pool's, so work may block.
///
///     let squares = OrderedWork(0..<3, threads: 2, ahead: 2, name: "squares") { $0 * $0 }
///     squares.next()   // 0
package final class OrderedWork<Value: Sendable>: Sendable {
    private let state: State

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - ahead: how many pieces may be done or under way before they are asked for, at least 1.
    ///   - name: the threads' name.
    package init(
        _ numbers: Range<Int>, threads: Int, ahead: Int, name: String, _ work: @escaping @Sendable (Int) -> Value
    ) {
        let count = max(threads, 1)
        let state = State(numbers, ahead: max(ahead, 1), running: count)
        self.state = state
        for _ in 0..<count {
            let thread = Thread {
                while let number = state.take() { state.put(work(number), number) }
                state.leave()
            }
            thread.name = name
            thread.start()
        }
    }

    deinit { stop() }

    /// The next piece, waited for if need be; nil behind the last one and after `stop`.
    package func next() -> Value? { state.next() }

    /// The total time that `next` waited.
    package var waited: Duration { state.waitedSoFar }

    /// Ends the threads, waiting for the pieces under way.
    package func stop() { state.stop() }

    /// `@unchecked Sendable` because every access holds the condition's lock.
    private final class State: @unchecked Sendable {
        private let condition = NSCondition()
        private let end: Int
        private let ahead: Int
        private var running: Int
        private var upcoming: Int
        private var wanted: Int
        private var done: [Int: Value] = [:]
        private var stopped = false
        private var waited = Duration.zero

        init(_ numbers: Range<Int>, ahead: Int, running: Int) {
            (upcoming, wanted, end) = (numbers.lowerBound, numbers.lowerBound, numbers.upperBound)
            self.ahead = ahead
            self.running = running
        }

        var waitedSoFar: Duration { condition.withLock { waited } }

        /// The number of a piece to do, nil where there is nothing left.
        func take() -> Int? {
            condition.withLock {
                while !stopped, upcoming < end, upcoming - wanted >= ahead { condition.wait() }
                guard !stopped, upcoming < end else { return nil }
                defer { upcoming += 1 }
                return upcoming
            }
        }

        func put(_ value: Value, _ number: Int) {
            condition.withLock {
                done[number] = value
                condition.broadcast()
            }
        }

        func leave() {
            condition.withLock {
                running -= 1
                condition.broadcast()
            }
        }

        func next() -> Value? {
            condition.withLock {
                let start = ContinuousClock.now
                defer { waited += ContinuousClock.now - start }
                while !stopped, wanted < end, done[wanted] == nil { condition.wait() }
                guard !stopped, wanted < end, let value = done.removeValue(forKey: wanted) else { return nil }
                wanted += 1
                condition.broadcast()
                return value
            }
        }

        func stop() {
            condition.withLock {
                stopped = true
                condition.broadcast()
                while running > 0 { condition.wait() }
                done = [:]
            }
        }
    }
}
