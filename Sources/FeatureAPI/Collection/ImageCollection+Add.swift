package import FeatureStorage

extension ImageCollection {
    /// An upload that waits for its commit, with where the time of its embedding went if it was embedded.
    private struct Prepared: Sendable {
        var image: NewImage
        var timing: EmbeddedImage.Timing?
    }

    /// Stores `uploads` and gives for each, in their order, what became of it or the image's own fault. Images are embedded
    /// together and stored in one transaction, durably, before this returns.
    ///
    /// Content that is stored already is not embedded again: under the same key what the upload says about it replaces
    /// what is said there; without a key it only fills in what is not said there. It takes its turn among the others all
    /// the same: of two uploads under one key the last stays, whatever was stored before.
    ///
    /// - Throws: ``FeatureAPIError`` for what is nobody's image's fault; then nothing of this is stored.
    package func add(_ uploads: [Upload]) async throws -> [Result<StoredUpload, FeatureAPIError>] {
        let prepared = try await prepare(uploads)
        var images = [NewImage]()
        for case .success(let item) in prepared { images.append(item.image) }
        var insertions = try await (images.isEmpty ? [] : commits.add(images))[...]
        var results = [Result<StoredUpload, FeatureAPIError>]()
        for item in prepared {
            switch item {
            case .failure(let fault): results.append(.failure(fault))
            case .success(let item):
                guard let insertion = insertions.popFirst() else { continue }
                results.append(.success(StoredUpload(insertion, timing: item.timing)))
            }
        }
        return results
    }

    /// Stores one upload under its key, if `precondition` holds for the image that has the key now; it is asked once before
    /// the embedding, so that it is not for nothing, and again in the order of changes.
    package func put(
        _ upload: Upload, if precondition: @escaping @Sendable (StoredImage?) throws -> Void
    ) async throws -> StoredUpload {
        let check: @Sendable () throws -> Void = { [store] in
            try precondition(try upload.key.flatMap { key throws(StorageError) in try store.image(key: key) })
        }
        try await read { _ in try check() }
        let prepared = try await prepare(upload).get()
        let insertions = try await commits.add([prepared.image], if: check)
        guard let insertion = insertions.first else { throw FeatureAPIError(.storageFailed, "Nothing was stored.") }
        return StoredUpload(insertion, timing: prepared.timing)
    }

    /// Every upload, embedded beside the others. What is nobody's fault is thrown.
    private func prepare(_ uploads: [Upload]) async throws -> [Result<Prepared, FeatureAPIError>] {
        try await withThrowingTaskGroup { group in
            for (index, upload) in uploads.enumerated() {
                group.addTask { (index, try await self.prepare(upload)) }
            }
            var prepared = [(index: Int, result: Result<Prepared, FeatureAPIError>)]()
            for try await item in group { prepared.append(item) }
            return prepared.sorted { $0.index < $1.index }.map(\.result)
        }
    }

    private func prepare(_ upload: Upload) async throws -> Result<Prepared, FeatureAPIError> {
        let file: [UInt8]
        do throws(FeatureAPIError) { file = try upload.image.checkedFile() } catch { return .failure(error) }
        let hash = try await ingest.pipeline.workers.run { ImageIngest.contentHash(file) }
        let own = ownGeneration.id
        let stored = try await read { store -> NewImage? in
            guard let image = try store.image(for: upload, contentHash: hash) else { return nil }
            // One that was stored while another model was loaded has yet to be embedded.
            return try store.newImage(of: file, asStored: image, generation: own)
        }
        if let stored { return .success(Prepared(image: upload.complete(stored))) }
        do {
            let (image, timing) = try await ingest.newImage(of: file, contentHash: hash)
            return .success(Prepared(image: upload.complete(image), timing: timing))
        } catch let error as FeatureAPIError where error.kind.isImageFault {
            return .failure(error)
        }
    }
}

extension FeatureStore {
    /// The stored image that has the content of `upload`: under its key, or anywhere if it has none.
    fileprivate func image(for upload: Upload, contentHash: String) throws(StorageError) -> StoredImage? {
        guard let key = upload.key else { return try image(contentHash: contentHash) }
        guard let image = try image(key: key), image.contentHash == contentHash else { return nil }
        return image
    }

    /// The content of `image` ready to be stored once more, with what was made of it the first time: by the time of the
    /// commit the image may be gone. Nothing where it has no features under the generation.
    fileprivate func newImage(
        of file: [UInt8], asStored image: StoredImage, generation: Int64
    ) throws(StorageError) -> NewImage? {
        guard let cls = try self.vectors(of: [image.id], generation: generation)[image.id],
            let thumbnail = try self.thumbnail(image.id)
        else { return nil }
        let patches = try self.patches(of: [image.id], generation: generation)[image.id]
        return NewImage(
            contentHash: image.contentHash, mediaType: image.mediaType, bytes: file, width: image.width,
            height: image.height, thumbnail: thumbnail, features: ImageFeatures(cls: cls, patches: patches))
    }
}

extension Upload {
    /// `image`, with what the upload says about it.
    fileprivate func complete(_ image: NewImage) -> NewImage {
        var image = image
        (image.key, image.name, image.label, image.metadata) = (key, name, label, metadata)
        return image
    }
}

extension StoredUpload {
    fileprivate init(_ insertion: Insertion, timing: EmbeddedImage.Timing?) {
        let status: Status =
            switch insertion.outcome {
            case .stored: .created
            case .existing: .existing
            case .replaced: .replaced
            }
        self.init(image: insertion.image, status: status, timing: timing)
    }
}
