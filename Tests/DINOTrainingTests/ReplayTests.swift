import DINOTraining
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct ReplayTests {
    @Test(.enabled(if: SharedFolder.isWanted))
    func fourStepsOfTheReferenceComeOutTheSame() throws {
        let folder = SharedFolder.url.appending(path: "fixtures/training")
        let replay = try Replay(
            reference: folder.appending(path: "dino-steps.safetensors"),
            configuration: folder.appending(path: "dino-steps.json"))
        var compared = 0
        try replay.run(on: Compute(threads: 2)) { difference in
            compared += 1
            #expect(difference.passes, "\(difference.name): \(difference.value) over \(difference.limit)")
        }
        #expect(compared > 100)
    }
}
