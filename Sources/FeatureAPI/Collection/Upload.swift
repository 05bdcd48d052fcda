package import FeatureStorage

/// An image that somebody wants stored, with what they say about it; all of it checked but the file.
package struct Upload: Sendable {
    /// The file, or why there is none.
    package var image: SubmittedImage
    /// The caller's name for it: other bytes under the same one replace the image.
    package var key: String?
    package var name: String?
    package var label: String?
    /// A JSON object, as text.
    package var metadata: String?

    package init(
        image: SubmittedImage, key: String? = nil, name: String? = nil, label: String? = nil, metadata: String? = nil
    ) {
        (self.image, self.key, self.name, self.label, self.metadata) = (image, key, name, label, metadata)
    }
}

/// An upload that is stored, durably.
package struct StoredUpload: Sendable {
    /// What became of it, in the words of the answer.
    package enum Status: String, Sendable { case created, existing, replaced }

    package var image: StoredImage
    package var status: Status
    /// Where the time of its embedding went; nothing where the content was there.
    package var timing: EmbeddedImage.Timing?
}
