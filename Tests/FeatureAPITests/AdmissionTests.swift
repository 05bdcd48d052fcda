import FeatureAPI
import Testing

@Suite struct AdmissionTests {
    private let admission = Admission(limits: .init(images: 8, bytes: 100))

    @Test func refusesWhatDoesNotFitAndTakesItLater() throws {
        let first = Reservation(admission)
        try first.extend(images: 6, bytes: 60)
        let second = Reservation(admission)
        try second.extend(images: 2, bytes: 40)
        for (images, bytes) in [(1, 0), (0, 1)] {
            #expect { try second.extend(images: images, bytes: bytes) } throws: {
                let error = $0 as? FeatureAPIError
                return error?.kind == .queueFull && (1...60).contains(error?.retryAfter ?? 0)
            }
        }
        first.end()
        first.end()
        #expect(admission.pendingImages == 2)
        try second.extend(images: 6, bytes: 60)
    }

    @Test func tellsARequestThatNeverFitsFromOneThatComesAtABadTime() {
        let reservation = Reservation(admission)
        #expect { try reservation.extend(bytes: 101) } throws: { ($0 as? FeatureAPIError)?.kind == .requestTooLarge }
        #expect { try reservation.extend(bytes: .max) } throws: { ($0 as? FeatureAPIError)?.kind == .requestTooLarge }
    }

    @Test func retryAfterFollowsTheMeasuredThroughput() throws {
        for _ in 0..<100 { admission.record(images: 2, seconds: 10) }
        let reservation = Reservation(admission)
        try reservation.extend(images: 4)
        #expect((19...20).contains(admission.retryAfter))
    }

    @Test func theHighWaterMarkIsAtThreeQuarters() throws {
        let reservation = Reservation(admission)
        try reservation.extend(images: 6, bytes: 75)
        #expect(admission.isBelowHighWater)
        try reservation.extend(images: 1)
        #expect(!admission.isBelowHighWater)
    }
}
