import HTTPServer
import HTTPTypes
import Tensors

/// The forms of an answer about what the model sees, by media type, the server's favourite first.
enum VisualForm: String, CaseIterable {
    case json = "application/json"
    case npy = "application/x-npy"
    case png = "image/png"

    /// The form that `accept` prefers.
    static func choose(_ accept: String?) throws(FeatureAPIError) -> VisualForm {
        let offers = allCases.map(\.rawValue)
        guard let form = Accept.choose(accept, from: offers).flatMap(VisualForm.init) else {
            throw FeatureAPIError(.notAcceptable, "The answer can be \(offers.joined(separator: ", ")).")
        }
        return form
    }
}

/// How values of patches are written in JSON.
enum ValueEncoding: String, CaseIterable, Sendable {
    /// Numbers, row by row.
    case float
    /// Base64 of little-endian float32.
    case base64
    /// Base64 of a PNG.
    case png
}

extension ModelDescription {
    /// The header fields that every answer made by this model has.
    func fields(_ form: VisualForm) -> HTTPFields {
        var fields: HTTPFields = [.contentType: form.rawValue, .vary: "Accept"]
        fields.set("X-Model", name)
        fields.set("X-Model-Fingerprint", fingerprint)
        return fields
    }

    /// Refuses the name of any other model.
    func check(name: String?) throws(FeatureAPIError) {
        if let name, name != self.name { throw FeatureAPIError(.unknownModel, "The model here is \"\(self.name)\".") }
    }
}

extension ServerResponse {
    /// An answer of one NumPy array, which its header describes too.
    static func npy(_ array: Tensor, _ fields: HTTPFields) -> ServerResponse {
        var fields = fields
        fields.describe(array)
        return ServerResponse(headerFields: fields, body: .bytes(array.npy))
    }

    /// The same, with what of `room` its bytes take held until they are sent.
    func retaining(_ room: Reservation) -> ServerResponse {
        var response = self
        if case .bytes(let bytes) = body { room.shrink(toBytes: bytes.count) }
        response.retained = room
        return response
    }
}

extension HTTPFields {
    /// Says what an array's bytes are.
    mutating func describe(_ array: Tensor) {
        set("X-Shape", array.shape.map(String.init).joined(separator: ","))
        set("X-Dtype", "<f4")
    }
}

extension JSONWriter {
    /// A string of base64.
    mutating func base64(bytes: [UInt8]) {
        var text = [UInt8(ascii: "\"")]
        bytes.withUnsafeBytes { Base64.encode($0, to: &text) }
        text.append(UInt8(ascii: "\""))
        self.text(text)
    }
}
