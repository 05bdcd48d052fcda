/// What a PyTorch file holds: the pickled tree and the bytes of its storages.
struct TorchFile {
    /// The pickled tree.
    let pickle: Pickle
    /// One region per `pickle.storages`.
    let regions: [StorageRegion]
    /// The file.
    let file: MappedFile

    /// The tensor that a value of the tree is, under a name.
    func tensor(_ index: Int, name: String) throws(CheckpointError) -> StoredTensor {
        let described = pickle.tensors[index]
        let view = StridedView.make(
            region: regions[described.storage], scalarType: pickle.storages[described.storage].scalarType,
            shape: described.shape, strides: described.strides, offset: described.offset)
        return StoredTensor(name: name, view: try view.named(name, in: file.path))
    }

    /// The byte length that a storage must have.
    static func byteCount(_ storage: Pickle.Storage, in file: MappedFile) throws(CheckpointError) -> Int {
        let (bytes, overflow) = storage.count.multipliedReportingOverflow(by: storage.scalarType.itemSize)
        guard !overflow else {
            throw .damaged(file: file.path, reason: "storage \(quoted(storage.key)) is impossibly large")
        }
        return bytes
    }
}

extension TorchFile {
    /// A file of the zip form (PyTorch 1.6 and later): `NAME/data.pkl` beside `NAME/data/KEY` records.
    init(zip file: MappedFile) throws(CheckpointError) {
        let archive = try ZipArchive(file)
        let records = archive.entries.values.filter {
            $0.name.hasSuffix("/data.pkl") && $0.name.split(separator: "/").count == 2
        }
        guard let record = records.first, records.count == 1 else {
            throw .unsupported(
                file: file.path, what: "a zip file without exactly one data.pkl",
                advice: "Give a file that torch.save wrote, or safetensors.")
        }
        let root = record.name.dropLast("data.pkl".count)
        if archive.entries[root + "constants.pkl"] != nil
            || archive.entries.keys.contains(where: { $0.hasPrefix(root + "code/") })
        {
            throw .unsupported(
                file: file.path, what: "a TorchScript program",
                advice: "Save the module's state dict instead, best as safetensors.")
        }
        if let order = archive.entries[root + "byteorder"],
            try archive.contents(order, limit: 16) != Array("little".utf8)
        {
            throw .unsupported(
                file: file.path, what: "a file written on a big-endian machine",
                advice: "Load it there and save it as safetensors.")
        }
        let bytes = try archive.contents(record, limit: Unpickler.Limit.bytes)
        let (pickle, end) = try Unpickler.read(bytes, file: file.path)
        guard end == bytes.count else { throw .damaged(file: file.path, reason: "bytes follow the pickle") }

        var regions: [StorageRegion] = []
        for storage in pickle.storages {
            guard let entry = archive.entries[root + "data/" + storage.key] else {
                throw .damaged(file: file.path, reason: "the record of storage \(quoted(storage.key)) is missing")
            }
            guard entry.range.count == (try Self.byteCount(storage, in: file)) else {
                throw .damaged(
                    file: file.path,
                    reason:
                        "storage \(quoted(storage.key)) has \(entry.range.count) bytes, not \(storage.count) numbers")
            }
            regions.append(StorageRegion(file: file, range: entry.range, checksum: entry.checksum))
        }
        self.init(pickle: pickle, regions: regions, file: file)
    }
}

extension TorchFile {
    /// The pickled number 0x1950A86A20F9469CFC6C that starts a file of the legacy form.
    static let legacyMagic: [UInt8] = [
        0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]

    /// A file of the legacy form (before PyTorch 1.6): pickles of a magic number, the version 1001, the machine, the
    /// tree and the storages' keys, then each storage as a 64-bit count and its bytes.
    init(legacy file: MappedFile) throws(CheckpointError) {
        let head = file.copy(0..<min(file.count, Unpickler.Limit.bytes)) ?? []
        var offset = Self.legacyMagic.count
        func next() throws(CheckpointError) -> Pickle {
            let (pickle, end) = try Unpickler.read(head, at: offset, file: file.path)
            offset = end
            return pickle
        }
        guard case .integer(1001) = try next().root else {
            throw .unsupported(
                file: file.path, what: "this version of the legacy form", advice: "Save it as safetensors.")
        }
        let machine = try next()
        guard
            let order = machine.entries(machine.root)?.first(where: { $0.key == "little_endian" }),
            case .bool(true) = order.value
        else {
            throw .unsupported(
                file: file.path, what: "a file written on a big-endian machine",
                advice: "Load it there and save it as safetensors.")
        }
        let pickle = try next()
        let keys = try next()
        guard case .list(let list) = keys.root else {
            throw .damaged(file: file.path, reason: "the list of storages is missing")
        }
        let regions = try Self.legacyRegions(pickle, keys: keys.nodes[list].items, in: file, at: offset)
        self.init(pickle: pickle, regions: regions, file: file)
    }

    private static func legacyRegions(
        _ pickle: Pickle, keys: [PickleValue], in file: MappedFile, at start: Int
    ) throws(CheckpointError) -> [StorageRegion] {
        let storages = Dictionary(uniqueKeysWithValues: pickle.storages.map { ($0.key, $0) })
        var regions: [String: StorageRegion] = [:]
        var offset = start
        for key in keys {
            guard case .string(let key) = key, let storage = storages[key], regions[key] == nil else {
                throw .damaged(file: file.path, reason: "the list of storages does not match the tensors")
            }
            let length = try byteCount(storage, in: file)
            guard file.count - offset >= 8, let prefix = file.copy(offset..<offset + 8),
                length <= file.count - offset - 8
            else { throw .damaged(file: file.path, reason: "storage \(quoted(key)) is cut short") }
            var reader = ByteReader(prefix)
            guard reader.integer(UInt64.self) == UInt64(storage.count) else {
                throw .damaged(file: file.path, reason: "storage \(quoted(key)) does not hold \(storage.count) numbers")
            }
            regions[key] = StorageRegion(file: file, range: offset + 8..<offset + 8 + length)
            offset += 8 + length
        }
        guard offset == file.count else { throw .damaged(file: file.path, reason: "bytes follow the last storage") }
        var ordered: [StorageRegion] = []
        for storage in pickle.storages {
            guard let region = regions[storage.key] else {
                throw .damaged(file: file.path, reason: "storage \(quoted(storage.key)) is missing")
            }
            ordered.append(region)
        }
        return ordered
    }
}
