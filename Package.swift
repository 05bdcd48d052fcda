// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "dino-server",
    dependencies: [],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "Tensors", dependencies: ["COpenBLAS"]),
        .target(name: "FeatureAPI", dependencies: ["Tensors"], resources: [.embedInCode("openapi.yaml")]),

        .testTarget(name: "TensorsTests", dependencies: ["Tensors"]),
        .testTarget(name: "FeatureAPITests", dependencies: ["FeatureAPI", "Tensors"]),
    ]
)

/// Settings every Swift target of this package shares.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .swiftLanguageMode(.v6),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .treatAllWarnings(as: .error),
        ]
}
