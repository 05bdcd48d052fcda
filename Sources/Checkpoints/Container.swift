/// The format of a checkpoint file.
public enum Container: String, Sendable {
    /// A JSON header and raw tensors.
    case safetensors
    /// PyTorch 1.6 and later: a zip file of a pickle and raw storages.
    case torchZip
    /// PyTorch before 1.6: consecutive pickles and raw storages.
    case torchLegacy

    /// The format that a file's first bytes show.
    ///
    /// - Throws: `CheckpointError.unknownFormat`, which says what the file looks like.
    static func sniff(_ file: MappedFile) throws(CheckpointError) -> Container {
        let head = file.copy(0..<min(file.count, 512)) ?? []
        if head.starts(with: "PK\u{3}\u{4}".utf8) { return .torchZip }
        if head.starts(with: TorchFile.legacyMagic) { return .torchLegacy }
        if head.count > 8, head[8] == UInt8(ascii: "{") { return .safetensors }
        throw .unknownFormat(file: file.path, resemblance: resemblance(head))
    }

    private static func resemblance(_ head: [UInt8]) -> String {
        let signatures: [(prefix: [UInt8], name: String)] = [
            (Array("version https://git-lfs".utf8), "a Git LFS pointer; fetch the real file with `git lfs pull`"),
            ([0x89] + Array("HDF".utf8), "an HDF5 file"),
            ([0x93] + Array("NUMPY".utf8), "a NumPy array; save the weights as safetensors"),
            ([0x1F, 0x8B], "a gzip file; unpack it first"),
            ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive; unpack it first"),
            (Array("GGUF".utf8), "a GGUF file"),
            (Array("<".utf8), "a web page; the download may have failed"),
            ([0x80], "a bare pickle; save the weights as safetensors"),
        ]
        if head.isEmpty { return "an empty file" }
        if let match = signatures.first(where: { head.starts(with: $0.prefix) }) { return match.name }
        if head.count > 262, head[257..<262].elementsEqual("ustar".utf8) {
            return "a tar archive; save the weights as safetensors"
        }
        return head.allSatisfy { $0 == 9 || $0 == 10 || $0 == 13 || (32..<127).contains($0) }
            ? "text" : "unknown binary data"
    }
}
