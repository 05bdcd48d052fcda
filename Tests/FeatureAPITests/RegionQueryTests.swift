import FeatureAPI
import Testing

@Suite struct RegionQueryTests {
    private func query(_ text: String) throws -> RegionQuery {
        try RegionQuery(json: JSONParser.parse(Array(text.utf8)))
    }

    @Test func readsABox() throws {
        #expect(
            try query(#"{"box": [1, 2.5, 30, 40], "shortlist": 1000}"#)
                == RegionQuery(.box(x0: 1, y0: 2.5, x1: 30, y1: 40), shortlist: 1000))
    }

    @Test func readsPointsAndTheDefaultShortlist() throws {
        let query = try query(#"{"points": [[1, 2], [3, 4.5]]}"#)
        #expect(query == RegionQuery(.points([.init(x: 1, y: 2), .init(x: 3, y: 4.5)])))
        #expect(query.shortlist == 200)
    }

    @Test(arguments: [
        ("[1, 2, 3, 4]", "takes an object"), ("{}", "needs a \"box\" or \"points\""),
        (#"{"box": [1, 2, 3]}"#, "four numbers"), (#"{"box": [1, 2, 3, "4"]}"#, "four numbers"),
        (#"{"box": {"x0": 1}}"#, "four numbers"), (#"{"box": [5, 2, 5, 4]}"#, "empty \"box\""),
        (#"{"box": [1, 4, 5, 4]}"#, "empty \"box\""), (#"{"box": [9, 1, 5, 4]}"#, "empty \"box\""),
        (#"{"box": [1, 2, 3, 4], "points": [[1, 2]]}"#, "not both"), (#"{"points": []}"#, "1 to 64"),
        (#"{"points": [1, 2]}"#, "two numbers"), (#"{"points": [[1, 2, 3]]}"#, "two numbers"),
        (#"{"points": [[1, null]]}"#, "two numbers"), (#"{"points": "1,2"}"#, "1 to 64"),
        (#"{"box": [1, 2, 3, 4], "shortlist": 0}"#, "1 to 1000"),
        (#"{"box": [1, 2, 3, 4], "shortlist": 1001}"#, "1 to 1000"),
        (#"{"box": [1, 2, 3, 4], "shortlist": 2.5}"#, "1 to 1000"),
    ])
    func refusesWithTheReason(_ text: String, _ reason: String) {
        let error = #expect(throws: FeatureAPIError.self) { _ = try query(text) }
        #expect(error?.kind == .invalidOption)
        #expect(error?.detail.contains(reason) == true)
    }

    @Test func refusesAMemberItDoesNotKnow() {
        let error = #expect(throws: FeatureAPIError.self) { _ = try query(#"{"rectangle": [1, 2, 3, 4]}"#) }
        #expect(error?.kind == .unknownOption)
    }

    @Test func takes64PointsAndNotOneMore() throws {
        func points(_ count: Int) -> String {
            "{\"points\": [" + Array(repeating: "[1, 2]", count: count).joined(separator: ",") + "]}"
        }
        #expect(throws: Never.self) { _ = try query(points(64)) }
        #expect(throws: FeatureAPIError.self) { _ = try query(points(65)) }
    }
}
