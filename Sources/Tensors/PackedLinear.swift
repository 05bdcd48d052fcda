import CKernels

/// The weights of a linear layer `y = x·Wᵀ + b`, rearranged once for the kernels that use them.
///
/// Immutable after `init`. Memory: `outputs · inputs` floats, the outputs rounded up to a panel.
///
/// `@unchecked Sendable` because its memory is written only in `init`.
public final class PackedLinear: @unchecked Sendable {
    /// The width of a row of the result.
    public let outputs: Int
    /// The width of a row of the input.
    public let inputs: Int
    /// The arithmetic of its product.
    public let precision: Precision
    let packed: AlignedMemory
    let bias: Parameter?

    /// Packs W (outputs, inputs), whose rows `fill` writes, and keeps b (outputs).
    ///
    /// A layer of more inputs than 8 bits are summed over (18,432) is in the precision that goes with them.
    public convenience init(
        outputs: Int, inputs: Int, bias: Parameter?, precision: Precision = .fp32, on compute: Compute,
        fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) rethrows {
        precondition(outputs > 0 && inputs > 0, "shapes of a linear layer")
        let weight = AlignedMemory(count: outputs * inputs)
        try fill(UnsafeMutableBufferPointer(start: weight.start, count: weight.count))
        self.init(
            outputs: outputs, bias: bias, precision: precision, on: compute,
            weight: UnsafeBufferPointer(start: weight.start, count: weight.count))
    }

    /// Packs `weight`, W (outputs, inputs) row by row, which is read during the call only, and keeps b (outputs).
    public init(
        outputs: Int, bias: Parameter?, precision: Precision, on compute: Compute, weight: UnsafeBufferPointer<Float>
    ) {
        guard outputs > 0, weight.count > 0, weight.count % outputs == 0, let start = weight.baseAddress else {
            preconditionFailure("shapes of a linear layer")
        }
        precondition(bias == nil || bias?.count == outputs, "shapes of a linear layer")
        let inputs = weight.count / outputs
        self.outputs = outputs
        self.inputs = inputs
        self.bias = bias
        let bytes = precision == .int8 && inputs <= DK_INT8_LONGEST ? compute.byteProducts : nil
        self.precision = bytes == nil && precision == .int8 ? compute.besideInt8 : precision
        let kernels = compute.products(self.precision), panel = kernels.pointee.panel
        let pack = bytes?.pointee.pack_rows ?? kernels.pointee.pack_rows
        let floats =
            bytes == nil ? dk_packed_floats(kernels, outputs, inputs) : dk_packed_floats_int8(kernels, outputs, inputs)
        packed = AlignedMemory(count: floats)
        let source = PackedSource(start: start)
        compute.forEach((outputs + panel - 1) / panel) { [packed] index, _ in
            let first = index * panel
            pack(source.start, inputs, outputs, inputs, first, min(first + panel, outputs), packed.start)
        }
    }
}

/// `@unchecked Sendable` because the weights it points to are only read, during one loop.
private struct PackedSource: @unchecked Sendable {
    let start: UnsafePointer<Float>
}

/// A vector of learnt numbers: a bias, a norm's weight, a LayerScale.
///
/// `@unchecked Sendable` because its memory is written only in `init`.
public final class Parameter: @unchecked Sendable {
    /// The number of elements.
    public let count: Int
    private let memory: AlignedMemory

    /// A vector of `count` elements that `fill` writes.
    public init(count: Int, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        self.count = count
        memory = AlignedMemory(count: count)
        try fill(UnsafeMutableBufferPointer(start: memory.start, count: count))
    }

    var start: UnsafePointer<Float> { UnsafePointer(memory.start) }
}
