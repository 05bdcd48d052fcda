package import FeatureStorage

extension ImageCollection {
    /// An upload on its way: its content is stored already, or it has been embedded and waits to be.
    private enum Prepared: Sendable {
        case stored(StoredImage, Upload)
        case embedded(NewImage, EmbeddedImage.Timing)
    }

    /// Stores `uploads` and gives for each, in their order, what became of it or the image's own fault. Images are embedded
    /// together and stored in one transaction, durably, before this returns.
    ///
    /// Content that is stored already is not embedded again: under the same key what the upload says about it replaces
    /// what is said there; without a key it only fills in what is not said there.
    ///
    /// - Throws: ``FeatureAPIError`` for what is nobody's image's fault; then nothing new is stored.
    package func add(_ uploads: [Upload]) async throws -> [Result<StoredUpload, FeatureAPIError>] {
        let prepared = try await prepare(uploads)
        var new = [NewImage]()
        for case .success(.embedded(let image, _)) in prepared { new.append(image) }
        var insertions = try await (new.isEmpty ? [] : commits.add(new))[...]
        var results = [Result<StoredUpload, FeatureAPIError>]()
        for item in prepared {
            switch item {
            case .failure(let fault): results.append(.failure(fault))
            case .success(.stored(let image, let upload)):
                results.append(try await restate(upload, of: image, if: nil))
            case .success(.embedded(_, let timing)):
                guard let insertion = insertions.popFirst() else { continue }
                results.append(.success(StoredUpload(insertion, timing: timing)))
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
        switch try await prepare(upload).get() {
        case .stored(let image, let upload): return try await restate(upload, of: image, if: check).get()
        case .embedded(let image, let timing): return try await commit(image, timing, if: check)
        }
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
        let stored = try await read { store -> StoredImage? in
            guard let image = try store.image(for: upload, contentHash: hash) else { return nil }
            // One that was stored while another model was loaded has yet to be embedded.
            return try store.vectors(of: [image.id], generation: own).isEmpty ? nil : image
        }
        if let stored { return .success(.stored(stored, upload)) }
        do {
            let (image, timing) = try await ingest.newImage(of: file, contentHash: hash)
            return .success(.embedded(upload.complete(image), timing))
        } catch let error as FeatureAPIError where error.kind.isImageFault {
            return .failure(error)
        }
    }

    /// Says about a stored image what an upload of the same content says; where the image is gone meanwhile, stores it.
    private func restate(
        _ upload: Upload, of image: StoredImage, if precondition: (@Sendable () throws -> Void)?
    ) async throws -> Result<StoredUpload, FeatureAPIError> {
        let restated = try await change { [live] store -> StoredImage? in
            try precondition?()
            guard let current = try store.image(image.id), upload.key == nil || upload.key == current.key else {
                return nil
            }
            let change = upload.change(of: current)
            return change == ImageChange() ? current : try live.update(current.id, change, in: store)
        }
        if let restated { return .success(StoredUpload(image: restated, status: .existing)) }
        let (new, timing) = try await ingest.newImage(of: upload.image.checkedFile(), contentHash: image.contentHash)
        return .success(try await commit(upload.complete(new), timing, if: precondition))
    }

    private func commit(
        _ image: NewImage, _ timing: EmbeddedImage.Timing, if precondition: (@Sendable () throws -> Void)?
    ) async throws -> StoredUpload {
        let insertions = try await commits.add([image], if: precondition)
        guard let insertion = insertions.first else { throw FeatureAPIError(.storageFailed, "Nothing was stored.") }
        return StoredUpload(insertion, timing: timing)
    }
}

extension FeatureStore {
    /// The stored image that has the content of `upload`: under its key, or anywhere if it has none.
    fileprivate func image(for upload: Upload, contentHash: String) throws(StorageError) -> StoredImage? {
        guard let key = upload.key else { return try image(contentHash: contentHash) }
        guard let image = try image(key: key), image.contentHash == contentHash else { return nil }
        return image
    }
}

extension Upload {
    /// `image`, with what the upload says about it.
    fileprivate func complete(_ image: NewImage) -> NewImage {
        var image = image
        (image.key, image.name, image.label, image.metadata) = (key, name, label, metadata)
        return image
    }

    /// What the upload says anew about an image of the same content.
    fileprivate func change(of image: StoredImage) -> ImageChange {
        func value(_ said: String?, _ present: String?) -> ImageChange.Value {
            guard let said, said != present, key != nil || present == nil else { return .keep }
            return .set(said)
        }
        return ImageChange(label: value(label, image.label), metadata: value(metadata, image.metadata))
    }
}

extension StoredUpload {
    fileprivate init(_ insertion: Insertion, timing: EmbeddedImage.Timing) {
        let status: Status =
            switch insertion.outcome {
            case .stored: .created
            case .existing: .existing
            case .replaced: .replaced
            }
        self.init(image: insertion.image, status: status, timing: timing)
    }
}
