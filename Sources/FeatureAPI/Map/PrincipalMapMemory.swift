import FeatureSearch
import FeatureStorage
import Synchronization

/// The latest ``PrincipalMap``, made when it is first asked for.
///
/// Anybody may ask, and each image that comes makes the map another one. So maps are made one at a time, of what is there when
/// the turn comes; and one that took long stands, without the images that came since, for some times as long as it took: however
/// many ask, a tenth of one core's time goes into maps.
package final class PrincipalMapMemory: Sendable {
    private struct Made {
        let map: PrincipalMap
        /// Until when it stands although features have come or gone.
        let end: ContinuousClock.Instant
    }

    private let thread = WorkerPool(width: 1)
    private let latest = Mutex<Made?>(nil)
    private let cheap: Duration
    private let times: Int

    /// No map yet. One that takes longer than `cheap` stands for so many times that time.
    package init(cheap: Duration = .milliseconds(100), times: Int = 10) { (self.cheap, self.times) = (cheap, times) }

    /// The map that stands for an index in a state, if one does.
    func standing(for version: IndexVersion) -> PrincipalMap? {
        guard let made = latest.withLock({ $0 }), made.map.version.isOfIndex(of: version) else { return nil }
        return made.map.version.hasVectors(of: version) || ContinuousClock.now < made.end ? made.map : nil
    }

    /// The map of the images of a generation, at most `limit` of them.
    func map(of active: ActiveGeneration, atMost limit: Int, in store: FeatureStore) async throws -> PrincipalMap {
        try await thread.run { [self] in
            let contents = active.index.contents
            if let map = standing(for: contents.version) { return map }
            let start = ContinuousClock.now
            let map = try PrincipalMap(of: contents, atMost: limit, under: active.generation, in: store)
            let end = ContinuousClock.now, took = end - start
            latest.withLock { $0 = Made(map: map, end: took > cheap ? end + took * times : end) }
            return map
        }
    }
}
