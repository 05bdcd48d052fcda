import FeatureAPI
import Testing

struct ServerTimingTests {
    @Test func writesMillisecondsWithThreeDecimals() {
        #expect(ServerTiming.field([("read", 0.0000124), ("model", 1.5)]) == "read;dur=0.012, model;dur=1500.000")
    }

    @Test func staysANumberWhateverTheClockSays() {
        #expect(ServerTiming.field([("a", -1), ("b", .infinity)]) == "a;dur=0.000, b;dur=1000000000.000")
    }
}
