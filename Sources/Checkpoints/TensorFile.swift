public import Foundation

/// A checkpoint file's tensors under the file's own names.
public struct TensorFile: Sendable {
    /// The format.
    public let container: Container
    /// The tensors: in the order of their bytes (safetensors) or of the state dict (PyTorch).
    public let tensors: [StoredTensor]
    /// `__metadata__` of a safetensors file, else empty.
    public let metadata: [String: String]
    /// Entries of a PyTorch file beside its state dict.
    public let ignored: [String]
    /// The bytes that the tensors lie in.
    package let file: MappedFile

    /// The tensors of a `.safetensors`, `.pth` or `.pt` file, recognised by content.
    ///
    /// The file is mapped, not read: opening costs its header, whatever its size.
    ///
    /// - Parameter key: the state dict to take from a PyTorch training's checkpoint, which holds two.
    /// - Throws: `CheckpointError` where the file is damaged, of another kind, or asks for code to be run.
    public static func open(_ url: URL, key: CheckpointKey = .teacher) throws(CheckpointError) -> TensorFile {
        let file = try MappedFile(path: url.path)
        let container = try Container.sniff(file)
        if container == .safetensors {
            let (tensors, metadata) = try Safetensors.read(file)
            return TensorFile(container: container, tensors: tensors, metadata: metadata, ignored: [], file: file)
        }
        let torch = container == .torchZip ? try TorchFile(zip: file) : try TorchFile(legacy: file)
        let state = try StateDict(torch, key: key)
        return TensorFile(
            container: container, tensors: state.tensors, metadata: [:], ignored: state.ignored, file: file)
    }
}
