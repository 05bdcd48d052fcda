public import FeatureStorage

extension JobBoard {
    /// The jobs of a collection; `log` gets a sentence when one begins and when it ends.
    public convenience init(collection: ImageCollection, log: @escaping @Sendable (String) -> Void = { _ in }) {
        self.init(log: log) { work, report in
            switch work {
            case .reindex: try await collection.reindex { report(.reindex($0)) }
            case .activate(let fingerprint):
                try await collection.switchOver(to: collection.generation(fingerprint))
            case .drop(let fingerprint): try await collection.drop(collection.generation(fingerprint))
            case .map: try await collection.layOut { report(.map($0)) }
            }
        }
    }
}

extension ImageCollection {
    /// The generations of the store, the oldest first.
    public func generations() async throws -> [Generation] { try await read { store in try store.generations() } }

    /// The generation of the model with a fingerprint.
    ///
    /// - Throws: ``FeatureAPIError`` where there is none, and what the store throws.
    func generation(_ fingerprint: String) async throws -> Generation {
        guard let generation = try await generations().first(where: { $0.model.fingerprint == fingerprint }) else {
            throw FeatureAPIError(
                .unknownGeneration,
                "The collection has no features of a model \"\(fingerprint)\"; GET /v1/generations lists those it has.")
        }
        return generation
    }

    /// Refuses a job that could only fail as things are: its generation is unknown, incomplete or in use.
    ///
    /// What becomes so later is the job's own error.
    func check(_ work: Job.Work) async throws {
        switch work {
        case .reindex, .map: break
        case .activate(let fingerprint):
            // The counts are read one after the other, and images may come or go meanwhile.
            let before = try await read { store in try store.count() }
            let generation = try await generation(fingerprint)
            let missing = min(before, try await read { store in try store.count() }) - generation.count
            guard generation.state == .active || missing <= 0 else {
                throw StorageError.incompleteGeneration(generation.id, missing: missing)
            }
        case .drop(let fingerprint): try checkDrop(of: await generation(fingerprint))
        }
    }

    /// Refuses to drop the active and the loaded generation.
    private func checkDrop(of generation: Generation) throws {
        guard generation.id != active.generation.id else { throw StorageError.activeGeneration(generation.id) }
        guard generation.id != ownGeneration.id else {
            throw FeatureAPIError(
                .generationInUse,
                "These are the features of the loaded model, which uploads go on adding to. Stop the server and run "
                    + "dino-server reindex --drop \(generation.model.fingerprint), or start it with another model.")
        }
    }

    /// Embeds what is stored under the loaded model and has searches answered from that.
    ///
    /// Until the switch, searches are answered from the features that were active before; what is uploaded meanwhile has
    /// features of the loaded model already.
    func reindex(progress report: @escaping @Sendable (ReindexProgress) -> Void) async throws {
        try await Reindexer(collection: self).run(progress: report) { generation in
            try await switchOver(to: generation)
        }
    }

    /// Has searches answered from another generation. A task that is cancelled meanwhile waits for it all the same, so that
    /// what a job says of its end is so.
    func switchOver(to generation: Generation) async throws {
        _ = try await Task { try await activate(generation.id) }.value
    }

    /// Deletes the features of a model that is neither the active nor the loaded one, in many short changes, between which
    /// come those that others make. Durable when it returns; a drop that was cancelled, or cut short by the end of the
    /// process, leaves a generation that is being built, and is finished by another.
    package func drop(_ generation: Generation) async throws {
        try checkDrop(of: generation)
        // A step that has begun is waited for, cancelled or not.
        while try await Task(operation: { try await change { store in try store.dropSome(generation.id) } }).value {
            try Task.checkCancellation()
        }
    }
}
