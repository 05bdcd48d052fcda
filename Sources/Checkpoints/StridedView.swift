/// A strided array of numbers within a storage region, checked to stay inside it.
struct StridedView: Sendable {
    /// The bytes viewed.
    let region: StorageRegion
    /// The stored type.
    let scalarType: ScalarType
    /// The extent of each dimension.
    let shape: [Int]
    /// The product of `shape`.
    let count: Int
    /// The step of each dimension, in numbers.
    private let strides: [Int]
    /// The first number's index in the region.
    private let offset: Int

    /// A view, or the reason why it is none: every size and stride is at least zero, there are no more elements than
    /// stored numbers, and the farthest one lies inside the region.
    static func make(
        region: StorageRegion, scalarType: ScalarType, shape: [Int], strides: [Int], offset: Int
    ) -> Result<StridedView, Reason> {
        guard shape.count == strides.count, shape.count <= 8 else {
            return .failure("rank \(shape.count) with \(strides.count) strides")
        }
        guard offset >= 0, (shape + strides).allSatisfy({ $0 >= 0 }) else {
            return .failure("a negative size, stride or offset")
        }
        guard let count = product(shape) else { return .failure("shape \(shape) overflows") }
        let stored = region.range.count / scalarType.itemSize
        guard count <= stored else { return .failure("shape \(shape) holds more than its \(stored) stored numbers") }
        var last = offset
        for (size, stride) in zip(shape, strides) where count > 0 {
            let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
            let (sum, carry) = last.addingReportingOverflow(reach)
            guard !overflow, !carry else { return .failure("strides \(strides) overflow") }
            last = sum
        }
        guard count == 0 || last < stored else {
            return .failure("element \(last) lies outside its \(stored) stored numbers")
        }
        return .success(
            StridedView(
                region: region, scalarType: scalarType, shape: shape, count: count, strides: strides, offset: offset))
    }

    /// Why a view cannot be made.
    struct Reason: Error, ExpressibleByStringInterpolation {
        let text: String
        init(stringLiteral text: String) { self.text = text }
    }

    /// The strides of a dense row-major array.
    static func denseStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1].multipliedReportingOverflow(by: max(shape[axis + 1], 1)).partialValue
        }
        return strides
    }

    /// The product of some sizes, nil where it overflows in any order of multiplication, whatever zeros there are.
    static func product(_ sizes: [Int]) -> Int? {
        var product = 1
        for size in sizes where size != 0 {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            product = next
        }
        return sizes.contains(0) ? 0 : product
    }

    private init(
        region: StorageRegion, scalarType: ScalarType, shape: [Int], count: Int, strides: [Int], offset: Int
    ) {
        self.region = region
        self.scalarType = scalarType
        self.shape = shape
        self.count = count
        self.strides = strides
        self.offset = offset
    }
}

extension StridedView {
    /// Writes the elements, converted, in row-major order; `target` has room for `count`.
    func copyFloats(
        into target: UnsafeMutableBufferPointer<Float>, tensor: String
    ) throws(CheckpointError) {
        guard count > 0 else { return }
        try region.withBytes(tensor: tensor) { bytes throws(CheckpointError) in
            switch scalarType {
            case .float64: gather(Double.self, from: bytes, into: target)
            case .float32: gather(Float.self, from: bytes, into: target)
            case .float16: gather(Half.self, from: bytes, into: target)
            case .bfloat16: gather(BrainHalf.self, from: bytes, into: target)
            case .int64: gather(Int64.self, from: bytes, into: target)
            case .int32: gather(Int32.self, from: bytes, into: target)
            case .int16: gather(Int16.self, from: bytes, into: target)
            case .int8: gather(Int8.self, from: bytes, into: target)
            case .uint64: gather(UInt64.self, from: bytes, into: target)
            case .uint32: gather(UInt32.self, from: bytes, into: target)
            case .uint16: gather(UInt16.self, from: bytes, into: target)
            case .uint8: gather(UInt8.self, from: bytes, into: target)
            case .bool: gather(Truth.self, from: bytes, into: target)
            }
        }
    }

    /// What `body` gives for the elements where they lie; nil where they are no floats in row-major order on a float's boundary.
    func withStoredFloats<Value>(
        tensor: String, _ body: (UnsafeBufferPointer<Float>) throws -> Value
    ) throws -> Value? {
        guard count > 0, scalarType == .float32, strides == Self.denseStrides(shape) else { return nil }
        let result = try region.withBytes(tensor: tensor) { bytes -> Result<Value, any Error>? in
            guard let start = bytes.baseAddress.map({ $0 + offset * MemoryLayout<Float>.size }),
                Int(bitPattern: start) % MemoryLayout<Float>.alignment == 0
            else { return nil }
            let floats = start.bindMemory(to: Float.self, capacity: count)
            return Result { try body(UnsafeBufferPointer(start: floats, count: count)) }
        }
        return try result?.get()
    }

    private func gather<Scalar: StoredScalar>(
        _: Scalar.Type, from bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = bytes.baseAddress, let destination = target.baseAddress else { return }
        // Runs along the last axis, or one run where all lies in order; the other axes advance like an odometer. The
        // arithmetic wraps because the stride of an axis of size 1 is never checked: what it adds is taken off again
        // before anything is read.
        let isDense = strides == Self.denseStrides(shape)
        let run = isDense ? count : shape.last ?? 1
        let step = isDense ? 1 : strides.last ?? 1
        var index = [Int](repeating: 0, count: shape.count)
        var start = offset
        for first in stride(from: 0, to: count, by: run) {
            if step == 1 {
                convert(Scalar.self, source + start * Scalar.size, by: Scalar.size, run, destination + first)
            } else {
                convert(Scalar.self, source + start * Scalar.size, by: step &* Scalar.size, run, destination + first)
            }
            for axis in index.indices.dropLast().reversed() {
                index[axis] += 1
                start &+= strides[axis]
                if index[axis] < shape[axis] { break }
                start &-= strides[axis] &* shape[axis]
                index[axis] = 0
            }
        }
    }

    @inline(__always)
    private func convert<Scalar: StoredScalar>(
        _: Scalar.Type, _ source: UnsafeRawPointer, by step: Int, _ count: Int, _ target: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<count { target[index] = Scalar.float(at: source + index &* step) }
    }
}
