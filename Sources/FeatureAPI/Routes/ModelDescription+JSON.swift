extension ModelDescription {
    /// Writes the list of models, which is this one, in OpenAI's shape with more members.
    func write(to writer: inout JSONWriter, limits: RequestLimits, maximumBatch: Int, hasCollection: Bool) {
        writer.object { writer in
            writer.member("object", "list")
            writer.key("collection")
            writer.bool(hasCollection)
            writer.key("data")
            writer.array { writer in
                writer.object { writer in
                    identity(to: &writer)
                    writer.key("card")
                    writer.bool(card != nil)
                    architecture(to: &writer)
                    preprocessing(to: &writer)
                    provenance(to: &writer)
                    self.limits(limits, maximumBatch: maximumBatch, to: &writer)
                }
            }
        }
    }

    private func identity(to writer: inout JSONWriter) {
        writer.member("id", name)
        writer.member("object", "model")
        writer.member("owned_by", "local")
        writer.member("family", family)
        writer.member("fingerprint", fingerprint)
        writer.member("precision", precision)
        writer.key("fast_decode")
        writer.bool(fastDecode)
    }

    private func architecture(to writer: inout JSONWriter) {
        writer.key("architecture")
        writer.members([
            ("embed_dim", embedDim), ("depth", depth), ("num_heads", numHeads), ("patch_size", patchSize),
            ("num_registers", numRegisters),
        ])
    }

    private func preprocessing(to writer: inout JSONWriter) {
        writer.key("preprocessing")
        writer.object { writer in
            writer.member("fit", preprocessing.fit.rawValue)
            writer.key("resize")
            writer.integer(preprocessing.resize)
            writer.key("crop")
            writer.integer(preprocessing.crop)
            writer.member("filter", preprocessing.filter.rawValue)
            writer.key("mean")
            writer.numbers(preprocessing.mean)
            writer.key("std")
            writer.numbers(preprocessing.std)
        }
    }

    private func provenance(to writer: inout JSONWriter) {
        writer.key("provenance")
        writer.object { writer in
            for (name, text) in provenance.sorted(by: { $0.key < $1.key }) { writer.member(name, text) }
        }
    }

    private func limits(_ limits: RequestLimits, maximumBatch: Int, to writer: inout JSONWriter) {
        writer.key("limits")
        writer.members([
            ("maximum_images", limits.images), ("maximum_image_bytes", limits.imageBytes),
            ("maximum_request_bytes", limits.bodyBytes), ("maximum_pixels", maximumPixels),
            ("maximum_side", maximumSide), ("minimum_size", patchSize), ("maximum_size", maximumSize),
            ("maximum_batch", maximumBatch), ("maximum_response_values", limits.answerValues),
        ])
    }
}
