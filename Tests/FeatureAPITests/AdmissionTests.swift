import FeatureAPI
import Testing

@Suite struct AdmissionTests {
    private let admission = Admission(limits: .init(images: 8, bytes: 100))

    @Test func refusesWhatDoesNotFitAndTakesItLater() throws {
        var first: Reservation? = Reservation(admission)
        try first?.extend(images: 6, bytes: 60)
        let second = Reservation(admission)
        try second.extend(images: 2, bytes: 40)
        for (images, bytes) in [(1, 0), (0, 1)] {
            #expect { try second.extend(images: images, bytes: bytes) } throws: {
                let error = $0 as? FeatureAPIError
                return error?.kind == .queueFull && (1...60).contains(error?.retryAfter ?? 0)
            }
        }
        first = nil
        try second.extend(images: 6, bytes: 60)
        #expect(throws: FeatureAPIError.self) { try second.extend(images: 1) }
    }

    @Test func givesBackAPieceAtATimeAndNeverMoreThanWasTaken() throws {
        let (first, second) = (Reservation(admission), Reservation(admission))
        try first.extend(images: 8, bytes: 100)
        first.release(bytes: 30)
        try second.extend(bytes: 30)
        first.shrink(toBytes: 10)
        try second.extend(images: 8, bytes: 60)
        first.shrink(toBytes: 50)
        first.release(bytes: 1000)
        try second.extend(bytes: 10)
        #expect(throws: FeatureAPIError.self) { try second.extend(bytes: 1) }
        #expect(throws: FeatureAPIError.self) { try second.extend(images: 1) }
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
        withExtendedLifetime(reservation) {}
    }

    @Test func theHighWaterMarkIsAtThreeQuarters() throws {
        let reservation = Reservation(admission)
        try reservation.extend(images: 6, bytes: 75)
        #expect(admission.isBelowHighWater)
        try reservation.extend(images: 1)
        #expect(!admission.isBelowHighWater)
        withExtendedLifetime(reservation) {}
    }
}
