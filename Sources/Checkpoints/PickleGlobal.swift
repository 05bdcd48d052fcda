/// The Python objects that a checkpoint may name: tags, not functions. There is nothing here that could be called.
enum PickleGlobal: Sendable, Equatable {
    /// `collections.OrderedDict`, read as a dictionary.
    case orderedDict
    /// `torch._utils._rebuild_tensor_v2`, read as a strided view of a storage.
    case rebuildTensor
    /// `torch._utils._rebuild_parameter`, read as the tensor inside.
    case rebuildParameter
    /// `torch.FloatStorage` and its siblings.
    case storage(ScalarType)
    /// A harmless value beside the weights, such as the `argparse.Namespace` of a training run: skipped.
    case inert

    /// The tag of a global, nil for everything weights do not need.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDict
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch", _) where ScalarType(torchStorageName: name) != nil:
            guard let type = ScalarType(torchStorageName: name) else { return nil }
            self = .storage(type)
        default:
            guard Self.inertNames.contains("\(module).\(name)") else { return nil }
            self = .inert
        }
    }

    /// What training runs leave beside the weights: options, paths, numpy scalars, types and devices.
    private static let inertNames: Set<String> = [
        "argparse.Namespace", "pathlib.PosixPath", "torch.Size", "torch.device",
        "numpy.dtype", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "_codecs.encode",
        "torch.float64", "torch.float32", "torch.float16", "torch.bfloat16", "torch.int64",
    ]
}
