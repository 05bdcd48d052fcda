extension ZipArchive {
    /// A central directory record (APPNOTE 4.3.12).
    struct DirectoryRecord {
        let flags, method: UInt16
        let checksum: UInt32
        let name: String
        private(set) var disk: Int
        private(set) var compressedSize, size, offset: Int

        /// The next record, nil where the bytes are none.
        init?(_ reader: inout ByteReader) {
            guard reader.integer(UInt32.self) == 0x0201_4B50, reader.take(4) != nil,
                let flags = reader.integer(UInt16.self), let method = reader.integer(UInt16.self),
                reader.take(4) != nil, let checksum = reader.integer(UInt32.self),
                let compressedSize = reader.integer(UInt32.self), let size = reader.integer(UInt32.self),
                let nameLength = reader.integer(UInt16.self), let extraLength = reader.integer(UInt16.self),
                let commentLength = reader.integer(UInt16.self), let disk = reader.integer(UInt16.self),
                reader.take(6) != nil, let offset = reader.integer(UInt32.self),
                let name = reader.string(Int(nameLength)), let extra = reader.take(Int(extraLength)),
                reader.take(Int(commentLength)) != nil
            else { return nil }
            self.flags = flags
            self.method = method
            self.checksum = checksum
            self.name = name
            self.disk = Int(disk)
            self.compressedSize = Int(compressedSize)
            self.size = Int(size)
            self.offset = Int(offset)
            guard resolveZip64(Array(extra)) else { return nil }
        }

        /// Replaces the fields that are all ones by those of the zip64 extra field (APPNOTE 4.5.3).
        private mutating func resolveZip64(_ extra: [UInt8]) -> Bool {
            let all = Int(UInt32.max)
            guard size == all || compressedSize == all || offset == all || disk == 0xFFFF else { return true }
            var reader = ByteReader(extra)
            while let tag = reader.integer(UInt16.self), let length = reader.integer(UInt16.self),
                let body = reader.take(Int(length))
            {
                guard tag == 1 else { continue }
                var fields = ByteReader(Array(body))
                for field in [\Self.size, \.compressedSize, \.offset] where self[keyPath: field] == all {
                    guard let value = fields.integer(UInt64.self).flatMap(Int.init(exactly:)) else { return false }
                    self[keyPath: field] = value
                }
                if disk == 0xFFFF {
                    guard let value = fields.integer(UInt32.self) else { return false }
                    disk = Int(value)
                }
                return true
            }
            return false
        }
    }

    /// A local file header (APPNOTE 4.3.7).
    struct LocalHeader {
        let nameLength, extraLength: Int
        private let flags, method: UInt16
        private let checksum, compressedSize, size: UInt32

        /// The header that 30 bytes spell.
        init?(_ bytes: [UInt8]) {
            var reader = ByteReader(bytes)
            guard reader.integer(UInt32.self) == 0x0403_4B50, reader.take(2) != nil,
                let flags = reader.integer(UInt16.self), let method = reader.integer(UInt16.self),
                reader.take(4) != nil, let checksum = reader.integer(UInt32.self),
                let compressedSize = reader.integer(UInt32.self), let size = reader.integer(UInt32.self),
                let nameLength = reader.integer(UInt16.self), let extraLength = reader.integer(UInt16.self)
            else { return nil }
            self.flags = flags
            self.method = method
            self.checksum = checksum
            self.compressedSize = compressedSize
            self.size = size
            self.nameLength = Int(nameLength)
            self.extraLength = Int(extraLength)
        }

        /// Whether this header describes the same record as the directory: sizes and checksum may be absent where a
        /// data descriptor follows (flag bit 3), and be all ones in zip64.
        func agrees(with record: DirectoryRecord) -> Bool {
            guard flags == record.flags, method == record.method else { return false }
            let isDeferred = flags & 8 != 0
            func matches(_ value: UInt32, _ expected: Int) -> Bool {
                Int(value) == expected || value == .max || isDeferred && value == 0
            }
            return matches(size, record.size) && matches(compressedSize, record.compressedSize)
                && (checksum == record.checksum || isDeferred && checksum == 0)
        }
    }

    /// The number of records and the directory's place, from the end records (APPNOTE 4.3.14 to 4.3.16).
    static func endRecord(_ file: MappedFile) throws(CheckpointError) -> (entries: Int, directory: Range<Int>) {
        let invalid = CheckpointError.damaged(
            file: file.path, reason: "it does not end in a zip end record; it may be cut short")
        let position = file.count - 22
        guard let bytes = file.copy(position..<max(position, file.count)) else { throw invalid }
        var reader = ByteReader(bytes)
        guard reader.integer(UInt32.self) == 0x0605_4B50, reader.integer(UInt32.self) == 0,
            let here = reader.integer(UInt16.self), let total = reader.integer(UInt16.self), here == total,
            let size = reader.integer(UInt32.self), let offset = reader.integer(UInt32.self),
            reader.integer(UInt16.self) == 0
        else { throw invalid }
        let plain = (entries: Int(total), size: Int(size), offset: Int(offset))
        guard let wide = try zip64EndRecord(file, before: position) else {
            return (plain.entries, try directory(file, plain.offset, plain.size, endingAt: position))
        }
        guard plain.entries == wide.entries || total == .max, plain.size == wide.size || size == .max,
            plain.offset == wide.offset || offset == .max
        else { throw .damaged(file: file.path, reason: "the two zip end records disagree") }
        return (wide.entries, try directory(file, wide.offset, wide.size, endingAt: wide.position))
    }

    private static func directory(
        _ file: MappedFile, _ offset: Int, _ size: Int, endingAt end: Int
    ) throws(CheckpointError) -> Range<Int> {
        guard offset >= 0, size >= 0, offset <= end, end - offset == size else {
            throw .damaged(file: file.path, reason: "the zip directory is not where its end record says")
        }
        return offset..<end
    }

    /// The zip64 end record that a locator right before the end record points to, nil without a locator.
    private static func zip64EndRecord(
        _ file: MappedFile, before end: Int
    ) throws(CheckpointError) -> (entries: Int, size: Int, offset: Int, position: Int)? {
        guard end >= 20, let bytes = file.copy(end - 20..<end) else { return nil }
        var locator = ByteReader(bytes)
        guard locator.integer(UInt32.self) == 0x0706_4B50 else { return nil }
        guard locator.integer(UInt32.self) == 0,
            let position = locator.integer(UInt64.self).flatMap(Int.init(exactly:)), position == end - 76,
            locator.integer(UInt32.self) == 1, let record = file.copy(position..<end - 20)
        else { throw .damaged(file: file.path, reason: "the zip64 locator is wrong") }
        var reader = ByteReader(record)
        guard reader.integer(UInt32.self) == 0x0606_4B50, reader.integer(UInt64.self) == 44, reader.take(4) != nil,
            reader.integer(UInt64.self) == 0, let here = reader.integer(UInt64.self),
            let total = reader.integer(UInt64.self), here == total, let entries = Int(exactly: total),
            let size = reader.integer(UInt64.self).flatMap(Int.init(exactly:)),
            let offset = reader.integer(UInt64.self).flatMap(Int.init(exactly:))
        else { throw .damaged(file: file.path, reason: "the zip64 end record is wrong") }
        return (entries, size, offset, position)
    }
}
