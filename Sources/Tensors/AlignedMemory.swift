import Foundation

/// Floats on a cache line's boundary, freed with their owner.
///
/// Large blocks are mapped from the system and go back to it when freed: packing a model's weights one after the other
/// would otherwise leave the heap with holes as large as the largest of them.
///
/// `@unchecked Sendable` because its place and size never change; who may write which part is its owner's to say.
final class AlignedMemory: @unchecked Sendable {
    let start: UnsafeMutablePointer<Float>
    let count: Int
    private let bytes: Int
    private let isMapped: Bool

    /// Whether new memory is all zeros.
    var isZeroed: Bool { isMapped }

    /// From so many bytes on, a block is mapped.
    private static let mappedFrom = 1 << 20

    init(count: Int) {
        self.count = count
        bytes = max(count, 16) * MemoryLayout<Float>.stride
        let mapped = bytes < Self.mappedFrom ? nil : Self.map(bytes)
        isMapped = mapped != nil
        let memory = mapped ?? UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        start = memory.bindMemory(to: Float.self, capacity: max(count, 16))
    }

    deinit {
        if isMapped {
            munmap(start, bytes)
        } else {
            start.deallocate()
        }
    }

    /// Bytes, or other numbers, of memory that is not used as floats: from an offset in bytes on.
    func pointer<Number: BitwiseCopyable>(at offset: Int) -> UnsafeMutablePointer<Number> {
        (UnsafeMutableRawPointer(start) + offset).assumingMemoryBound(to: Number.self)
    }

    /// Asks the system for pages of 2 MB where it has them: reading much memory in a row then waits less for page tables.
    func preferLargePages() {
        if isMapped { madvise(start, bytes, MADV_HUGEPAGE) }
    }

    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return memory == MAP_FAILED ? nil : memory
    }
}
