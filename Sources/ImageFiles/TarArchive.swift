import Checkpoints

/// The image files of a tar archive, where they lie in it.
///
/// Reads headers only. Long names are those of GNU and of POSIX.1-2001 (pax); nothing is ever extracted, so names do no
/// harm.
struct TarArchive {
    /// The image files, in no order; of several with one name the last, as extracting would leave it.
    private(set) var files: [FoundFile] = []
    /// The entries with an image's name that are no file of the archive's own folders, and why; in their order.
    private(set) var leftOut: [(name: String, reason: String)] = []

    private let file: MappedFile
    /// What an extension said about the next entry.
    private var longName: String?
    private var longSize: Int?

    /// The longest extension that is read.
    private static let extensionLimit = 1 << 20

    init(path: String) throws(FileError) {
        do throws(CheckpointError) {
            file = try MappedFile(path: path)
        } catch {
            throw FileError(path: path, reason: "\(error)")
        }
        try refuseCompression()
        var found: [String: FoundFile] = [:]
        var offset = 0
        while let header = try header(at: offset) {
            let size = longSize ?? header.size
            let start = offset + TarHeader.blockSize
            guard size <= file.count - start else {
                throw damaged("its entry at byte \(offset) goes on beyond its end")
            }
            if let image = try entry(header, contents: start..<start + size) { found[image.name] = image }
            let blocks = (size + TarHeader.blockSize - 1) / TarHeader.blockSize
            offset = start + blocks * TarHeader.blockSize
        }
        files = Self.withoutCommonFolders(Array(found.values))
    }

    /// The header at an offset, nil for the zeros that end an archive.
    private func header(at offset: Int) throws(FileError) -> TarHeader? {
        guard let block = file.copy(offset..<offset + TarHeader.blockSize) else {
            throw damaged("it ends at byte \(file.count) without the mark of its end")
        }
        if block.allSatisfy({ $0 == 0 }) { return nil }
        guard let header = TarHeader(block) else {
            guard offset > 0 else {
                throw FileError(
                    path: file.path,
                    reason: "it is neither a folder nor a .tar archive: give a folder of images or a .tar")
            }
            throw damaged("its header at byte \(offset) is wrong")
        }
        return header
    }

    /// The image that an entry is, if it is one; extensions are kept for the entry that follows them.
    private mutating func entry(_ header: TarHeader, contents: Range<Int>) throws(FileError) -> FoundFile? {
        switch header.type {
        case UInt8(ascii: "L"): longName = String(decoding: try text(contents).prefix { $0 != 0 }, as: UTF8.self)
        case UInt8(ascii: "x"): try readPax(try text(contents))
        case UInt8(ascii: "S"): throw damaged("it holds sparse files, which are not read")
        default:
            let path = longName ?? header.name, parts = path.split(separator: "/").filter { $0 != "." }
            (longName, longSize) = (nil, nil)
            guard let last = parts.last, Photograph.isImage(last), header.type != UInt8(ascii: "5") else { return nil }
            if let reason = Self.objection(to: parts, type: header.type) {
                leftOut.append((path, reason))
                return nil
            }
            return FoundFile(
                name: parts.joined(separator: "/"), size: contents.count, modified: header.modified,
                source: .archive(file, contents))
        }
        return nil
    }

    /// Why an entry with an image's name is not taken, nil where it is.
    private static func objection(to parts: [Substring], type: UInt8) -> String? {
        if parts.contains("..") { return "it lies outside the archive's folder" }
        if parts.contains(where: { $0.hasPrefix(".") }) { return "it is hidden" }
        switch type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): return nil
        case UInt8(ascii: "1"), UInt8(ascii: "2"): return "it is a link: pack what it leads to (tar --dereference)"
        default: return "it is no file"
        }
    }

    /// The records `LENGTH KEYWORD=VALUE` of a pax header (POSIX.1-2001, pax, "Extended Header").
    private mutating func readPax(_ bytes: [UInt8]) throws(FileError) {
        var rest = bytes[...]
        while let space = rest.firstIndex(of: 0x20) {
            let record = String(decoding: rest[..<space], as: UTF8.self)
            guard let length = Int(record), length > space - rest.startIndex + 1, length <= rest.count else {
                throw damaged("a record of its extended headers is wrong")
            }
            let pair = String(decoding: rest[(space + 1)..<rest.startIndex + length].dropLast(), as: UTF8.self)
            rest = rest.dropFirst(length)
            if pair.hasPrefix("path=") { longName = String(pair.dropFirst(5)) }
            if pair.hasPrefix("GNU.sparse.") { throw damaged("it holds sparse files, which are not read") }
            if pair.hasPrefix("size=") {
                guard let size = Int(pair.dropFirst(5)), size >= 0 else { throw damaged("the size '\(pair)' is wrong") }
                longSize = size
            }
        }
    }

    private func text(_ range: Range<Int>) throws(FileError) -> [UInt8] {
        guard range.count <= Self.extensionLimit, let bytes = file.copy(range) else {
            throw damaged("an extended header has \(range.count) bytes, at most \(Self.extensionLimit) are read")
        }
        return bytes
    }

    private func damaged(_ reason: String) -> FileError {
        FileError(path: file.path, reason: "the archive cannot be used, \(reason): pack it again, or give the folder")
    }

    /// Names without the folders that surround all classes.
    private static func withoutCommonFolders(_ files: [FoundFile]) -> [FoundFile] {
        let paths = files.map { $0.name.split(separator: "/") }
        guard let first = paths.first else { return files }
        var common = 0
        while paths.allSatisfy({ $0.count > common + 2 && $0[common] == first[common] }) { common += 1 }
        return zip(files, paths).map { file, path in
            FoundFile(
                name: path.dropFirst(common).joined(separator: "/"), size: file.size, modified: file.modified,
                source: file.source)
        }
    }

    private func refuseCompression() throws(FileError) {
        let start = file.copy(0..<min(6, file.count)) ?? []
        let kinds: [(magic: [UInt8], name: String, tool: String)] = [
            ([0x1F, 0x8B], "gzip", "gunzip"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz", "unxz"),
            (Array("BZh".utf8), "bzip2", "bunzip2"), ([0x28, 0xB5, 0x2F, 0xFD], "Zstandard", "unzstd"),
        ]
        for kind in kinds where start.starts(with: kind.magic) {
            throw FileError(
                path: file.path,
                reason: "it is compressed with \(kind.name) and cannot be read in parts: unpack it first with "
                    + "'\(kind.tool)' and give the .tar, or with 'tar xf' and give the folder")
        }
    }
}
