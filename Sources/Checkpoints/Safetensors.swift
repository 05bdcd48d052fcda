/// The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes without holes.
public enum Safetensors {
    /// The largest header that is read, in bytes.
    static let maximumHeaderBytes = 16 << 20

    /// The tensors of a mapped file, in the order of their bytes.
    ///
    /// Strict: names are unique, sizes equal shape × type, and the tensors cover the rest of the file exactly.
    static func read(
        _ file: MappedFile
    ) throws(CheckpointError) -> (tensors: [StoredTensor], metadata: [String: String]) {
        let (header, start) = try header(of: file)
        var tensors: [StoredTensor] = []
        tensors.reserveCapacity(header.entries.count)
        var position = 0
        for entry in header.entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard entry.begin == position, entry.end >= entry.begin, entry.end <= file.count - start else {
                throw .damagedTensor(
                    file: file.path, tensor: entry.name,
                    reason: "bytes \(entry.begin)..<\(entry.end) overlap, leave a hole or leave the file")
            }
            tensors.append(try tensor(entry, in: file, start: start))
            position = entry.end
        }
        guard start + position == file.count else {
            throw .damaged(file: file.path, reason: "\(file.count - start - position) bytes follow the last tensor")
        }
        return (tensors, header.metadata)
    }

    private static func header(of file: MappedFile) throws(CheckpointError) -> (SafetensorsHeader, start: Int) {
        guard let prefix = file.copy(0..<8) else {
            throw .damaged(file: file.path, reason: "\(file.count) bytes are too few for a safetensors file")
        }
        var reader = ByteReader(prefix)
        guard let stated = reader.integer(UInt64.self), stated <= UInt64(maximumHeaderBytes) else {
            throw .limitExceeded(file: file.path, what: "the header's length", limit: maximumHeaderBytes)
        }
        let end = 8 + Int(stated)
        guard let json = file.copy(8..<end) else {
            throw .damaged(file: file.path, reason: "a header of \(stated) bytes does not fit \(file.count) bytes")
        }
        do {
            return (try SafetensorsHeader(json: json), end)
        } catch {
            throw .damaged(file: file.path, reason: error.reason)
        }
    }

    private static func tensor(
        _ entry: SafetensorsHeader.Entry, in file: MappedFile, start: Int
    ) throws(CheckpointError) -> StoredTensor {
        guard let type = ScalarType(safetensorsName: entry.dtype) else {
            throw .unsupported(
                file: file.path, what: "dtype \(quoted(entry.dtype)) of tensor \(quoted(entry.name))",
                advice: "Convert it to F32, F16 or BF16.")
        }
        guard let count = StridedView.product(entry.shape),
            case (let bytes, false) = count.multipliedReportingOverflow(by: type.itemSize),
            bytes == entry.end - entry.begin
        else {
            throw .damagedTensor(
                file: file.path, tensor: entry.name,
                reason: "shape \(entry.shape) of \(entry.dtype) does not take \(entry.end - entry.begin) bytes")
        }
        let region = StorageRegion(file: file, range: start + entry.begin..<start + entry.end)
        let view = StridedView.make(
            region: region, scalarType: type, shape: entry.shape, strides: StridedView.denseStrides(entry.shape),
            offset: 0)
        return StoredTensor(name: entry.name, view: try view.named(entry.name, in: file.path))
    }
}

extension Result where Success == StridedView, Failure == StridedView.Reason {
    /// The view, or an error that names the tensor and the file.
    func named(_ tensor: String, in file: String) throws(CheckpointError) -> StridedView {
        switch self {
        case .success(let view): return view
        case .failure(let reason): throw .damagedTensor(file: file, tensor: tensor, reason: reason.text)
        }
    }
}
