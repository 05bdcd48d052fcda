import FeatureSearch
import FeatureStorage
import Foundation

extension ImageCollection {
    /// Lays out the images that searches find so that neighbours stay together, and stores that with their generation.
    ///
    /// At most ``largestMap`` of them; of more, an even sample. Nothing is stored where the task is cancelled before.
    package func layOut(progress report: @escaping @Sendable (MapProgress) -> Void) async throws {
        let active = active
        let (contents, sample) = try await layoutThread.run { [largestMap] in
            let contents = active.index.contents
            return (contents, PlaneLayout.sample(contents.ids, atMost: largestMap))
        }
        let graph = try await neighborGraph(of: sample, in: active, progress: report)
        let points = try await points(of: graph, under: active.generation, progress: report)
        try Task.checkCancellation()
        let layout = try await layoutThread.run {
            StoredLayout(
                method: MapMethod.neighbors.rawValue, createdAt: Date().timeIntervalSince1970,
                images: contents.ids.count, lastImage: contents.ids.last ?? 0, ids: graph.ids, x: points.map(\.x),
                y: points.map(\.y))
        }
        // A change that has begun is waited for, cancelled or not.
        try await Task { try await change { store in try store.setLayout(layout, of: active.generation.id) } }.value
    }

    /// The neighbours of each of `ids` among them, batch by batch, so that it ends soon when it is cancelled.
    private func neighborGraph(
        of ids: [Int64], in active: ActiveGeneration, progress report: @Sendable (MapProgress) -> Void
    ) async throws -> NeighborGraph {
        var graph = NeighborGraph(ids: ids)
        while !graph.isComplete {
            try Task.checkCancellation()
            report(MapProgress(phase: .neighbors, done: graph.count, total: ids.count))
            graph = try await layoutThread.run { [graph, store] in
                var graph = graph
                let source = active.vectors(in: store)
                for _ in 0..<Self.batchesAtOnce where !graph.isComplete {
                    try graph.addBatch(in: active.index, source: source)
                }
                return graph
            }
        }
        return graph
    }

    /// Where the layout puts the images of a graph, pass by pass.
    private func points(
        of graph: NeighborGraph, under generation: Generation, progress report: @Sendable (MapProgress) -> Void
    ) async throws -> [SIMD2<Float>] {
        report(MapProgress(phase: .projecting, done: 0, total: graph.ids.count))
        var layout = try await layoutThread.run { [store] in
            let start = try PrincipalMap.plane(of: graph.ids, under: generation, in: store).layout
            return NeighborLayout(graph, from: start.points(of: graph.ids), seed: 1)
        }
        while !layout.isComplete {
            try Task.checkCancellation()
            report(MapProgress(phase: .layout, done: layout.epoch, total: layout.epochs))
            layout = try await layoutThread.run { [layout] in
                var layout = layout
                for _ in 0..<Self.epochsAtOnce where !layout.isComplete { layout.addEpoch() }
                return layout
            }
        }
        report(MapProgress(phase: .layout, done: layout.epoch, total: layout.epochs))
        return layout.points
    }

    /// Batches between two looks at the cancellation: some tenths of a second.
    private static var batchesAtOnce: Int { 8 }
    /// Passes between two looks at the cancellation: some tenths of a second for 50,000 images.
    private static var epochsAtOnce: Int { 5 }
}
