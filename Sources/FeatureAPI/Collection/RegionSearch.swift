import DINO
package import FeatureSearch
package import FeatureStorage
package import Tensors

/// Search by a region of an image: the shortlist of images nearest by CLS feature, ranked by their patches.
///
/// The shortlist is exact. The answer is not one of an exhaustive search: an image that has the region but is unlike the
/// query as a whole may not be on the shortlist, so the answer says how long it was.
package struct RegionSearch: Sendable {
    /// The image that a region is a part of.
    package struct Subject: Sendable {
        /// The CLS feature, `(D)`, of length 1.
        package var cls: [Float]
        /// The patch features, `(gridHeight · gridWidth, D)`.
        package var patches: Tensor
        /// Patches down and across.
        package var gridHeight: Int, gridWidth: Int
        /// Pixels across and down, upright.
        package var width: Int, height: Int
        /// The stored image that it is; none is an answer to itself.
        package var id: Int64?
        /// Where the time of its embedding went.
        package var timing = EmbeddedImage.Timing()
    }

    /// An image with what in it matches the region.
    package struct Hit: Sendable {
        /// The image, without its metadata.
        package var image: StoredImage
        /// The mean cosine of the region's patches with the best ones of the image.
        package var score: Float
        /// Where the image has the best-matching region, in its own pixels.
        package var box: PatchGrid.PixelBox
        /// The mean cosine of the region's patches that match in there.
        package var boxScore: Float
    }

    /// The best images of a shortlist.
    package struct Answer: Sendable {
        /// The higher score first, and of equal ones the smaller id.
        package var hits: [Hit]
        /// Images that were compared patch by patch.
        package var shortlist: Int
        /// Images of the shortlist that have no patch features.
        package var withoutPatches: Int
        /// Vectors that the search for the shortlist left to be compared in full precision, and those that were.
        package var candidates: Int, reranked: Int
    }

    private let store: FeatureStore
    private let ingest: ImageIngest
    private let compute: Compute

    /// A search among the images of `store` with the features of `ingest`'s model.
    package init(store: FeatureStore, ingest: ImageIngest, compute: Compute) {
        (self.store, self.ingest, self.compute) = (store, ingest, compute)
    }

    /// The `k` images whose patches match a region of `subject` best. Blocking.
    ///
    /// Cost: a search of the index, then 2·n·N·D operations and a read of N·D bytes for each image of the shortlist, with
    /// n patches in the region.
    /// - Parameters:
    ///   - minimumScore: what a hit's score is at least.
    ///   - filter: the images that may be found.
    ///   - source: the float32 vectors of the active generation.
    /// - Throws: ``FeatureAPIError`` where the region is not in the image, the active generation is another model's, or
    ///   none of the images has patch features; what the store and the index throw.
    package func search(
        _ region: RegionQuery, of subject: Subject, k: Int, minimumScore: Float? = nil, filter: RowFilter,
        in active: ActiveGeneration, source: some VectorSource
    ) throws -> Answer {
        try check(active)
        let places = try grid(
            height: subject.gridHeight, width: subject.gridWidth, imageWidth: subject.width,
            imageHeight: subject.height
        ).patches(in: region.shape)
        let matcher = RegionMatcher(region: subject.patches.rows(places), compute: compute)
        let nearest = try active.index.search(
            [subject.cls], k: region.shortlist + (subject.id == nil ? 0 : 1), minimumScore: nil, filter: filter,
            source: source)
        let shortlist = (nearest.hits.first ?? []).map(\.id).filter { $0 != subject.id }.prefix(region.shortlist)
        var answer = Answer(
            hits: [], shortlist: 0, withoutPatches: 0, candidates: nearest.candidates, reranked: nearest.reranked)
        for start in stride(from: 0, to: shortlist.count, by: Self.chunk) {
            try rank(shortlist.dropFirst(start).prefix(Self.chunk), matcher, active, into: &answer)
        }
        if answer.shortlist == 0, answer.withoutPatches > 0 { throw Self.noPatches }
        answer.hits = answer.hits.filter { $0.score >= minimumScore ?? -.infinity }
            .sorted { SearchHit(id: $0.image.id, score: $0.score) < SearchHit(id: $1.image.id, score: $1.score) }
        answer.hits.removeLast(max(answer.hits.count - k, 0))
        return answer
    }

    /// Images whose patches are in memory together: 64 × 256 patches of 384 numbers are 6 MB.
    static let chunk = 64

    /// Compares some of the shortlist. An image that was deleted since is no hit.
    private func rank(
        _ ids: ArraySlice<Int64>, _ matcher: RegionMatcher, _ active: ActiveGeneration, into answer: inout Answer
    ) throws {
        let patches = try store.patches(of: Array(ids), generation: active.generation.id)
        let images = try store.imagesWithoutMetadata(Array(ids))
        let candidates = ids.compactMap { id in
            images[id].flatMap { image in patches[id].map { (image: image, patches: $0) } }
        }
        answer.withoutPatches += images.count - candidates.count
        for (candidate, match) in zip(candidates, matcher.match(candidates.map(\.patches))) {
            guard let match else { continue }
            answer.shortlist += 1
            let box = grid(
                height: candidate.patches.height, width: candidate.patches.width, imageWidth: candidate.image.width,
                imageHeight: candidate.image.height
            ).box(columns: match.columns, rows: match.rows)
            answer.hits.append(
                Hit(image: candidate.image, score: match.score, box: box, boxScore: match.regionScore))
        }
    }

    private func grid(height: Int, width: Int, imageWidth: Int, imageHeight: Int) -> PatchGrid {
        PatchGrid(
            height: height, width: width, imageWidth: imageWidth, imageHeight: imageHeight,
            preprocessing: ingest.pipeline.model.preprocessing, side: ingest.size)
    }
}

extension RegionSearch {
    /// A stored image as the subject; no forward pass is needed. Blocking.
    ///
    /// - Throws: ``FeatureAPIError`` where there is no such image, it has no features or no patch features, or the active
    ///   generation is another model's.
    package func subject(id: Int64, in active: ActiveGeneration) throws -> Subject {
        try check(active)
        let image = try store.image(id)
        guard let image, let cls = try store.vectors(of: [id], generation: active.generation.id)[id] else {
            throw FeatureAPIError.noFeatures(of: id, exists: image != nil, under: active.generation)
        }
        guard let patches = try store.patches(of: [id], generation: active.generation.id)[id] else {
            throw Self.noPatches
        }
        return Subject(
            cls: cls, patches: patches.dequantized, gridHeight: patches.height, gridWidth: patches.width,
            width: image.width, height: image.height, id: id)
    }

    /// The image in `file` as the subject, through the model.
    ///
    /// - Throws: ``FeatureAPIError``, where the active generation is another model's too, or `CancellationError` where the
    ///   task was cancelled.
    package func subject(file: [UInt8], in active: ActiveGeneration) async throws -> Subject {
        try check(active)
        let (embedded, kept) = try await ingest.pipeline.embedToKeep(file, size: ingest.size, kinds: [.cls, .patches])
        guard let cls = embedded.features[.cls], let patches = embedded.features[.patches] else {
            throw FeatureAPIError(.nonFiniteFeatures, "The model gave no patch features for this image.")
        }
        return Subject(
            cls: cls.scalars, patches: patches, gridHeight: ingest.gridSide, gridWidth: ingest.gridSide,
            width: kept.width, height: kept.height, timing: embedded.timing)
    }

    /// Pixels can be mapped to patches only through the preprocessing of the model that made them.
    private func check(_ active: ActiveGeneration) throws(FeatureAPIError) {
        guard active.generation.model.fingerprint == ingest.pipeline.model.fingerprint else {
            throw FeatureAPIError.needsOtherModel(active.generation.model, loaded: ingest.pipeline.model)
        }
    }

    private static let noPatches = FeatureAPIError(
        .noPatchFeatures,
        "No patch features are stored for this, and a search by region compares nothing else. Images that are stored while "
            + "the server runs with the setting patches=int8 have them.")
}

extension Tensor {
    /// Some rows of a matrix `(n, D)`.
    fileprivate func rows(_ chosen: [Int]) -> Tensor {
        let columns = shape[1]
        return Tensor(
            shape: [chosen.count, columns],
            scalars: chosen.flatMap { scalars[$0 * columns..<($0 + 1) * columns] })
    }
}
