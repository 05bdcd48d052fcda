import CKernels

/// The processor as this program uses it: the kernels of one instruction set and a team of threads.
///
/// Everything with a pointer in it happens behind this type and its extensions: `layerNorm`, `linear`, `attention`
/// work on whole rows of `Matrix`es, `forEach` splits a loop over the team.
public final class Compute: Sendable {
    /// The number of threads that share a loop, the caller's included.
    public let threads: Int
    private let table: KernelTable<dk_kernels>
    private let rounding: KernelTable<dk_kernels>?
    private let bytes: KernelTable<dk_int8_kernels>?
    let team: Team

    /// A team of `threads` on the fastest kernels, or those of a named instruction set.
    ///
    /// - Parameters:
    ///   - threads: at least 1.
    ///   - instructionSet: `avx512`, `avx2` or `portable`; `nil` takes the fastest the processor runs. `avx512bf16` rounds in
    ///     `.fp32` too, which only its tests want.
    public init(threads: Int, instructionSet: String? = nil) throws(ComputeError) {
        guard threads >= 1, threads <= 1024 else { throw .threads(threads) }
        if let instructionSet {
            guard let named = dk_kernels_named(instructionSet) else { throw .instructionSet(instructionSet) }
            table = KernelTable(kernels: named)
            rounding = named == dk_kernels_bf16() ? table : nil
        } else {
            table = KernelTable(kernels: dk_kernels_best())
            rounding = dk_kernels_bf16().map { KernelTable(kernels: $0) }
        }
        bytes = dk_kernels_int8(table.kernels).map { KernelTable(kernels: $0) }
        guard let team = Team(threads: threads) else { throw .threads(threads) }
        self.team = team
        self.threads = threads
    }

    var kernels: UnsafePointer<dk_kernels> { table.kernels }

    /// The kernels whose products have the given precision, of `int8` those beside the layers: bfloat16's, or float32's.
    ///
    /// - Precondition: `supports(precision)`.
    func products(_ precision: Precision) -> UnsafePointer<dk_kernels> {
        guard let rounding, precision != .fp32 else {
            precondition(precision != .bf16, "no bfloat16 products on this processor")
            return table.kernels
        }
        return rounding.kernels
    }

    /// The precision of what is not computed in 8 bits where linear layers are.
    public var besideInt8: Precision { supports(.bf16) ? .bf16 : .fp32 }

    /// The products of linear layers in 8 bits.
    var byteProducts: UnsafePointer<dk_int8_kernels>? { bytes?.kernels }

    /// Whether this processor has products of the given precision.
    public func supports(_ precision: Precision) -> Bool {
        switch precision {
        case .fp32: true
        case .bf16: rounding != nil
        case .int8: bytes != nil
        }
    }

    /// The instruction set in use: `avx512`, `avx2` or `portable`.
    public var instructionSet: String { String(cString: kernels.pointee.name) }

    /// Calls `body(task, thread)` for every task in `0..<tasks`, on all threads; returns when all are done.
    ///
    /// One loop runs at a time: a second caller waits for the first, so `body` must not begin a loop itself. `thread`
    /// is under `threads` and names scratch memory that no other call uses at that moment.
    public func forEach(_ tasks: Int, _ body: @Sendable (_ task: Int, _ thread: Int) -> Void) {
        precondition((0..<Int(UInt32.max)).contains(tasks), "\(tasks) tasks")
        team.run(tasks, body)
    }
}

/// The arithmetic of a matrix product; its operands and its result are float32 in memory either way.
public enum Precision: String, Codable, Sendable, CaseIterable {
    /// Products and sums in float32.
    case fp32
    /// Operands rounded to bfloat16, sums in float32: some twice as fast, where the processor has AVX512-BF16.
    case bf16
    /// Weights of linear layers in 8 bits with a scale for each output, their inputs in 8 bits with a scale and a zero for
    /// each token, sums in 32 bits; other products in bfloat16 where the processor has them. Without gradients.
    case int8
}

/// `@unchecked Sendable` because it points to a constant of the kernel library.
private struct KernelTable<Kernels>: @unchecked Sendable {
    let kernels: UnsafePointer<Kernels>
}

/// What keeps a `Compute` from being made.
public enum ComputeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// So many threads cannot be had.
    case threads(Int)
    /// The processor, or this build, lacks the instruction set.
    case instructionSet(String)

    /// The reason in a sentence.
    public var description: String {
        switch self {
        case .threads(let count): "cannot start \(count) threads: choose a number from 1 to the processor's cores"
        case .instructionSet(let name):
            "no kernels for '\(name)' on this processor: choose avx512, avx2 or portable, or leave it out"
        }
    }
}
