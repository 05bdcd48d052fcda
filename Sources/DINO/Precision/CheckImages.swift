import Tensors

/// Six small photographs in the binary, on which precisions are compared.
enum CheckImages {
    private static let files = [
        PackageResources.beacon_jpg, PackageResources.beagle_jpg, PackageResources.beetle_jpg,
        PackageResources.dock_jpg, PackageResources.goldfish_jpg, PackageResources.harvester_jpg,
    ]

    /// The photographs as a model takes them at its own size, (6, 3, side, side).
    static func input(of model: Model) throws -> Tensor {
        let patch = model.architecture.patchSize
        let side = model.preprocessing.side(for: nil, patch: patch) ?? patch
        let inputs = try files.map { try model.input(of: $0, side: side) }
        return Tensor(shape: [inputs.count, 3, side, side], scalars: inputs.flatMap(\.scalars))
    }
}
