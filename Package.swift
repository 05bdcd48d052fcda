// swift-tools-version: 6.2
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let heapModule = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "dino-server",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "CKernels"),
        .target(
            name: "CImageCodecs",
            linkerSettings: ["jpeg", "png16", "webp", "webpdemux"].map { .linkedLibrary($0) }),
        .target(name: "Tensors", dependencies: ["COpenBLAS", "CKernels"]),
        .target(name: "Images", dependencies: ["CImageCodecs"]),
        .target(name: "Checkpoints", dependencies: ["Tensors"]),
        .target(name: "ImageFiles", dependencies: ["Checkpoints"]),
        .target(
            name: "DINO", dependencies: ["Tensors", "Images", "Checkpoints", crypto],
            resources: ["beacon", "beagle", "beetle", "dock", "goldfish", "harvester"].map {
                .embedInCode("CheckImages/\($0).jpg")
            }),
        .target(name: "DINOTraining", dependencies: ["Tensors", "Images", "Checkpoints", "ImageFiles", "DINO"]),
        .target(name: "FeatureSearch", dependencies: ["Tensors", heapModule]),
        .target(name: "FeatureStorage", dependencies: [grdb]),
        .target(name: "HTTPServer", dependencies: [httpTypes, logging]),
        .target(
            name: "FeatureAPI",
            dependencies: [
                "Tensors", "Images", "DINO", "FeatureSearch", "FeatureStorage", "HTTPServer", crypto, httpTypes,
            ],
            resources: [.embedInCode("openapi.yaml"), .embedInCode("Page")]),
        .executableTarget(
            name: "dino-server",
            dependencies: [
                "Tensors", "Images", "Checkpoints", "ImageFiles", "DINO", "FeatureSearch", "FeatureStorage",
                "HTTPServer", "FeatureAPI", logging, argumentParser, crypto, serviceLifecycle,
            ]),
        .executableTarget(
            name: "dino-train",
            dependencies: [
                "Tensors", "Images", "Checkpoints", "ImageFiles", "DINO", "DINOTraining", "FeatureStorage",
                argumentParser,
            ]),
        .target(name: "CPeaks", path: "Benchmarks/CPeaks"),
        .executableTarget(
            name: "dino-bench",
            dependencies: [
                "CPeaks", "DINO", "DINOTraining", "FeatureAPI", "FeatureSearch", "FeatureStorage", "HTTPServer",
                "Checkpoints",
                "Images", "Tensors", argumentParser, httpTypes,
            ],
            path: "Benchmarks/DinoBench"),

        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"]),
        .testTarget(
            name: "ImagesTests", dependencies: ["CImageCodecs", "Images", "TestSupport", crypto], exclude: ["Fixtures"]),
        .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "Tensors", "TestSupport"]),
        .testTarget(name: "ImageFilesTests", dependencies: ["ImageFiles", "TestSupport"]),
        .testTarget(name: "DINOTests", dependencies: ["DINO", "Checkpoints", "Images", "Tensors", "TestSupport"]),
        .testTarget(
            name: "DINOTrainingTests",
            dependencies: [
                "DINOTraining", "DINO", "Checkpoints", "FeatureStorage", "ImageFiles", "Images", "Tensors",
                "TestSupport",
                "dino-train",
            ],
            exclude: ["Fixtures"]),
        .testTarget(name: "FeatureSearchTests", dependencies: ["FeatureSearch", "Tensors", "TestSupport"]),
        .testTarget(name: "FeatureStorageTests", dependencies: ["FeatureStorage", "TestSupport", grdb]),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: ["HTTPServer", "TestSupport", .product(name: "InMemoryLogging", package: "swift-log")]),
        .testTarget(
            name: "FeatureAPITests",
            dependencies: [
                "FeatureAPI", "DINO", "DINOTraining", "FeatureSearch", "FeatureStorage", "HTTPServer", "Images",
                "Tensors", "TestSupport", httpTypes,
            ]),
        .testTarget(
            name: "DinoServerTests",
            dependencies: ["dino-server", "Checkpoints", "DINO", "FeatureStorage", "Tensors", "TestSupport", grdb]),
        .testTarget(name: "ContractTests", dependencies: ["dino-server", "TestSupport", grdb], exclude: ["Fixtures"]),
        .testTarget(name: "DinoBenchTests", dependencies: ["dino-bench"]),
        .testTarget(name: "PageTests", dependencies: ["dino-server", "TestSupport"]),
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
