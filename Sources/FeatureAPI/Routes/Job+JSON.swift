import FeatureStorage

extension Job {
    /// Writes the job as it stands.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("object", "job")
            writer.member("kind", work.kind)
            if let fingerprint = work.fingerprint { writer.member("fingerprint", fingerprint) }
            writer.member("status", state.rawValue)
            writer.member("started_at", time: startedAt)
            writer.member("finished_at", time: finishedAt)
            if let progress {
                writer.key("progress")
                switch progress {
                case .reindex(let progress): progress.write(to: &writer)
                case .map(let progress): progress.write(to: &writer)
                }
            }
            if let error {
                writer.key("error")
                writer.text(error.problem.json)
            }
        }
    }
}

extension ReindexProgress {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("phase", phase.rawValue)
            writer.member("done", done)
            writer.member("total", total)
            writer.member("embedded", embedded)
            writer.key("images_per_second")
            writer.number(perSecond)
            writer.key("eta_seconds")
            if let secondsLeft { writer.number(secondsLeft) } else { writer.null() }
            writer.member("unusable_count", unusableCount)
            writer.key("unusable")
            writer.array { writer in
                for image in unusable {
                    writer.object { writer in
                        writer.member("id", Int(image.id))
                        writer.member("reason", image.reason)
                    }
                }
            }
        }
    }
}

extension MapProgress {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("phase", phase.rawValue)
            writer.member("done", done)
            writer.member("total", total)
        }
    }
}

extension Generation {
    /// Writes the generation; `images` is how many the collection has.
    func write(to writer: inout JSONWriter, images: Int, isLoaded: Bool) {
        writer.object { writer in
            writer.member("id", Int(id))
            writer.member("object", "generation")
            writer.member("fingerprint", model.fingerprint)
            writer.member("model", model.name)
            writer.member("state", state.rawValue)
            writer.key("loaded")
            writer.bool(isLoaded)
            writer.key("complete")
            writer.bool(count == images)
            writer.member("count", count)
            writer.member("images", images)
            writer.member("dimensions", model.dimensions)
            writer.member("size", model.inputSize)
            writer.key("grid")
            writer.members([("height", model.gridHeight), ("width", model.gridWidth)])
            writer.member("created_at", time: createdAt)
            writer.member("activated_at", time: activatedAt)
        }
    }
}
