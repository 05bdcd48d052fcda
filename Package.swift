// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "dino-server",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2")
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "Tensors", dependencies: ["COpenBLAS"]),
        .target(
            name: "CImageCodecs",
            linkerSettings: ["jpeg", "png16", "webp", "webpdemux"].map { .linkedLibrary($0) }),
        .target(name: "Images", dependencies: ["CImageCodecs"]),

        .testTarget(
            name: "ImagesTests",
            dependencies: ["CImageCodecs", "Images", .product(name: "Crypto", package: "swift-crypto")],
            exclude: ["Fixtures"]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors"]),
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
