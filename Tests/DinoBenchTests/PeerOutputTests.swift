import Testing
import dino_bench

@Suite struct PeerOutputTests {
    private struct Line: Codable, Equatable {
        let ms: Double
    }

    private func lines(_ text: String) throws -> [Line] {
        try PeerOutput.lines(text, of: Line.self, from: "peer.py")
    }

    @Test func readsTheMeasurementsBetweenWarnings() throws {
        #expect(
            try lines("loading\n{\"ms\": 1.5}\nwarning: {}\n{\"ms\": 2, \"k\": 10}\n") == [Line(ms: 1.5), Line(ms: 2)])
    }

    @Test(arguments: ["", "loading\n", "{\"ms\": 1.5}\n{\"seconds\": 2}\n", "{\"ms\": 1.5}\n{\"ms\": 2\n"])
    func refusesOutputThatLacksAFigure(_ text: String) {
        #expect(throws: (any Error).self) { try lines(text) }
    }
}
