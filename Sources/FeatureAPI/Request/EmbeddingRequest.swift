import HTTPServer

/// An image as it was submitted: its file and the type the client says it has, or why there is no file.
package struct SubmittedImage: Sendable, Equatable {
    /// The bytes of the file, or the image's own fault, which leaves the others of the request alone.
    package let file: Result<[UInt8], FeatureAPIError>
    /// The image type the client stated; nothing where it stated none or `application/octet-stream`.
    package let declaredType: String?

    /// A file with the type its sender stated.
    package init(bytes: [UInt8], declaredType: String?) {
        (file, self.declaredType) = (.success(bytes), declaredType)
    }

    /// An image that its text did not give.
    package init(fault: FeatureAPIError) { (file, declaredType) = (.failure(fault), nil) }
}

/// What `POST /v1/embeddings` was asked: images, in order, and options.
package struct EmbeddingRequest: Sendable, Equatable {
    package var images: [SubmittedImage]
    package var options: EmbeddingOptions
}

/// The forms a body of `POST /v1/embeddings` can have.
package enum EmbeddingBody: Sendable, Equatable {
    /// One image; the type stated, nothing for `application/octet-stream`.
    case image(declaredType: String?)
    /// `multipart/form-data` with its boundary.
    case form(boundary: [UInt8])
    /// JSON.
    case json

    /// The image types a client may state; the type itself is read from the content.
    static let imageTypes = ["image/jpeg", "image/png", "image/webp"]

    /// The form that `contentType` and `contentEncoding` announce, decided before a byte of the body is read.
    package init(contentType: String?, contentEncoding: String?) throws(FeatureAPIError) {
        if let contentEncoding, contentEncoding.lowercased() != "identity" {
            throw FeatureAPIError(
                .unsupportedMediaType, "Bodies are taken as they are; send them without Content-Encoding.")
        }
        guard let contentType else {
            throw FeatureAPIError(.unsupportedMediaType, "Content-Type is missing. \(Self.hint)")
        }
        guard let type = MediaType(contentType) else {
            throw FeatureAPIError(.unsupportedMediaType, "Content-Type is malformed. \(Self.hint)")
        }
        switch type.essence {
        case "application/json":
            guard type.parameters["charset", default: "utf-8"].lowercased() == "utf-8" else {
                throw FeatureAPIError(.unsupportedMediaType, "JSON is taken in UTF-8.")
            }
            self = .json
        case "multipart/form-data":
            self = .form(boundary: try Self.boundary(type))
        case "application/octet-stream":
            self = .image(declaredType: nil)
        default:
            self = .image(declaredType: try Self.imageType(type.essence))
        }
    }

    /// The image type that `essence` names, under its registered name.
    static func imageType(_ essence: String) throws(FeatureAPIError) -> String {
        let type = essence == "image/jpg" ? "image/jpeg" : essence
        guard imageTypes.contains(type) else {
            throw FeatureAPIError(.unsupportedMediaType, "\(essence) is not taken here. \(hint)")
        }
        return type
    }

    private static let hint = """
        Say what the body is: image/jpeg, image/png, image/webp, application/octet-stream, multipart/form-data or \
        application/json (curl: -H 'Content-Type: image/jpeg' --data-binary @photo.jpg).
        """

    /// The boundary of a form (RFC 2046 section 5.1.1): 1 to 70 characters, the last not a space.
    private static func boundary(_ type: MediaType) throws(FeatureAPIError) -> [UInt8] {
        let allowed = { (byte: UInt8) in
            ByteClass.token.contains(byte) && !"!#$%&*^`|~".utf8.contains(byte) || "(),/:=? ".utf8.contains(byte)
        }
        guard let boundary = type.parameters["boundary"].map({ Array($0.utf8) }), (1...70).contains(boundary.count),
            boundary.allSatisfy(allowed), boundary.last != 0x20
        else {
            throw FeatureAPIError(
                .malformedBody, "multipart/form-data needs a boundary of 1 to 70 characters (RFC 2046 section 5.1.1).")
        }
        return boundary
    }
}
