/// The contract of this service, `openapi.yaml` at the top of the repository, as it was when this was built.
public enum OpenAPIDocument {
    /// The bytes of the document.
    public static var bytes: [UInt8] { PackageResources.openapi_yaml }
}
