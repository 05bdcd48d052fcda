import HTTPServer
import HTTPTypes
import Tensors

extension EmbeddingAnswer {
    /// The answer in `form`, which says in `Server-Timing` where the time went: `reading` seconds until the request was
    /// there, then decoding, queue and forward pass, of several images the longest, and what it took to write it.
    func timedResponse(_ form: EmbeddingForm, reading: Double) throws(FeatureAPIError) -> ServerResponse {
        let start = ContinuousClock.now
        var response = try response(form)
        response.headerFields.set(
            "Server-Timing",
            ServerTiming.field([
                ("read", reading), ("decode", timing.decode), ("queue", timing.queue),
                ("inference", timing.inference), ("format", (ContinuousClock.now - start).seconds),
            ]))
        return response
    }

    /// The answer in `form`, with the model's name and fingerprint, and the shape where the content does not say it.
    func response(_ form: EmbeddingForm) throws(FeatureAPIError) -> ServerResponse {
        var fields: HTTPFields = [.contentType: form.rawValue]
        fields.set("X-Model", model.name)
        fields.set("X-Model-Fingerprint", model.fingerprint)
        guard form.isBinary else {
            return ServerResponse(headerFields: fields, body: .bytes(form == .json ? json() : lines()))
        }
        let kind = options.features[0]
        let array = try array(kind)
        fields.set("X-Feature", kind.rawValue)
        fields.describe(array)
        return ServerResponse(
            headerFields: fields, body: .bytes(form == .npy ? array.npy : array.littleEndianBytes))
    }
}

extension HTTPFields {
    /// Sets a field whose name is a valid token; the server drops values that cannot stand in a header.
    mutating func set(_ name: String, _ value: String) {
        if let name = HTTPField.Name(name) { self[name] = value }
    }
}
