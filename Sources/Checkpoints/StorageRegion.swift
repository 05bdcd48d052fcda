import Synchronization

/// A run of bytes in a mapped file that tensors view, with its checksum where the container has one.
///
/// The checksum is compared on the first read of the region, not at opening: a gigabyte of checksums takes about a
/// second, and a region nobody reads needs none.
final class StorageRegion: Sendable {
    /// The file.
    let file: MappedFile
    /// The bytes' place in it.
    let range: Range<Int>
    /// The CRC-32 the container states.
    private let checksum: UInt32?
    private let isVerified: Mutex<Bool>

    /// A region of a file; `range` lies within it.
    init(file: MappedFile, range: Range<Int>, checksum: UInt32? = nil) {
        self.file = file
        self.range = range
        self.checksum = checksum
        isVerified = Mutex(checksum == nil)
    }

    /// The region's bytes, for the closure only, after their checksum was found right.
    func withBytes<Result>(
        tensor: String,
        _ body: (UnsafeRawBufferPointer) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        try file.withBytes(range) { bytes throws(CheckpointError) -> Result in
            // Two first readers may both compute it; that is cheaper than one waiting for the other.
            if let checksum, !isVerified.withLock({ $0 }) {
                guard CRC32.checksum(bytes) == checksum else {
                    throw .damagedTensor(file: file.path, tensor: tensor, reason: "its bytes fail their CRC-32")
                }
                isVerified.withLock { $0 = true }
            }
            return try body(bytes)
        }
    }
}
