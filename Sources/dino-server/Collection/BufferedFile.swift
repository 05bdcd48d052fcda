import Checkpoints

/// An ``AtomicFile`` that is written in pieces of a megabyte, however small those are that it is given.
struct BufferedFile: ~Copyable {
    private var file: AtomicFile
    private var pending = [UInt8]()

    /// A new empty file beside `path`, which it becomes with ``commit()``.
    init(path: String) throws(CheckpointError) {
        file = try AtomicFile(path: path)
    }

    /// Appends bytes.
    mutating func write(_ bytes: some Sequence<UInt8>) throws(CheckpointError) {
        pending.append(contentsOf: bytes)
        if pending.count >= 1 << 20 { try flush() }
    }

    /// Gives the file its name, complete and flushed.
    consuming func commit() throws(CheckpointError) {
        try flush()
        try file.commit()
    }

    private mutating func flush() throws(CheckpointError) {
        try file.write(pending)
        pending.removeAll(keepingCapacity: true)
    }
}
