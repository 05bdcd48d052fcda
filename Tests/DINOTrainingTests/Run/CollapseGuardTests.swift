import DINOTraining
import Foundation
import TestSupport
import Testing

@Suite struct CollapseGuardTests {
    private let prototypes = 2048
    private var top: Double { log(2048.0) }

    /// What a guard says over a run of 2000 steps.
    private func warnings(_ measures: (_ progress: Double) -> (entropy: Double, kl: Double)) -> [(Int, Collapse)] {
        var collapse = CollapseGuard(prototypes: prototypes, warmup: 0.08), found: [(Int, Collapse)] = []
        for step in 0..<2000 {
            let progress = Double(step) / 2000, values = measures(progress)
            if let kind = collapse.observe(entropy: values.entropy, kl: values.kl, progress: progress) {
                found.append((step, kind))
            }
        }
        return found
    }

    @Test func isSilentInAHealthyRun() {
        var generator = SeededGenerator(seed: 1)
        // The centre locks on: an entropy up to ln K and hardly a divergence at first, then both part from there.
        let found = warnings { progress in
            let noise = Double.random(in: -0.02...0.02, using: &generator)
            return progress < 0.09
                ? (top - 1e-4, 5e-4) : (top * (0.995 - 0.5 * progress) + noise, 0.05 + 0.5 * progress + noise)
        }
        #expect(found.isEmpty)
    }

    @Test func namesTheUniformAnswerOnce() {
        // The logged collapse of a DeiT-S: entropy and divergence by epoch (training.md 4.4), scaled to this ln K.
        let entropies = [7.644, 8.046, 8.249, 8.301, 8.3127, 8.3165, 8.3176, 8.3177, 8.31776, 8.317766]
        let divergences = [0.712, 0.274, 0.068, 0.0163, 0.0047, 1e-3, 1e-4, 1e-5, 3e-6, 1.1e-6]
        let found = warnings { progress in
            let epoch = min(Int(progress * 10), 9)
            return (entropies[epoch] * top / log(4096.0), divergences[epoch])
        }
        #expect(found.map(\.1) == [.uniform])
        #expect((800..<1100).contains(found.first?.0 ?? 0))
    }

    @Test func namesTheOneAnswerOnce() {
        let found = warnings { progress in (max(top * (1 - 5 * progress), 1e-3), max(0.5 - 3 * progress, 1e-5)) }
        #expect(found.map(\.1).last == .oneAnswer)
        #expect(found.count == 1)
        #expect(found.first?.1.description.contains("collapsed to one answer (no centring?)") == true)
    }

    @Test func warnsAgainAfterARecovery() {
        let found = warnings { progress in
            (0.3..<0.5).contains(progress) || progress > 0.8 ? (top, 0) : (0.7 * top, 0.5)
        }
        #expect(found.map(\.1) == [.uniform, .uniform])
    }

    @Test func oneThatGoesOnSaysWhatOneThatNeverStoppedSays() {
        func warnings(stopping: Set<Int>) -> [Int] {
            var collapse = CollapseGuard(prototypes: prototypes, warmup: 0.08), found: [Int] = []
            for step in 0..<2000 {
                let progress = Double(step) / 2000, isBad = progress > 0.5
                if collapse.observe(entropy: isBad ? top : 0.7 * top, kl: isBad ? 0 : 0.5, progress: progress) != nil {
                    found.append(step)
                }
                guard stopping.contains(step) else { continue }
                collapse = CollapseGuard(prototypes: prototypes, warmup: 0.08, memory: collapse.memory)
            }
            return found
        }
        let whole = warnings(stopping: [])
        #expect(whole.count == 1)
        #expect(warnings(stopping: [1010, 1050, 1200, 1700]) == whole)
    }

    @Test func oneBadStepIsNoCollapse() {
        let found = warnings { progress in progress == 0.5 ? (top, 0) : (0.9 * top, 0.3) }
        #expect(found.isEmpty)
    }
}
