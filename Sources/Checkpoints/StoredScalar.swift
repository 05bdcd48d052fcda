/// A number as it lies in a file, little-endian and at any alignment, read as a 32-bit float.
///
/// Each conversion is free of branches so that the loops over it become vector code.
protocol StoredScalar {
    /// The bytes one number takes: a constant, so that the loops over dense numbers know their step.
    static var size: Int { get }
    /// The float nearest to the number that starts at `address`.
    static func float(at address: UnsafeRawPointer) -> Float
}

extension StoredScalar {
    static var size: Int { MemoryLayout<Self>.size }
}

extension StoredScalar where Self: FixedWidthInteger {
    @inline(__always)
    static func float(at address: UnsafeRawPointer) -> Float {
        Float(Self(littleEndian: address.loadUnaligned(as: Self.self)))
    }
}

extension Int64: StoredScalar {}
extension Int32: StoredScalar {}
extension Int16: StoredScalar {}
extension Int8: StoredScalar {}
extension UInt64: StoredScalar {}
extension UInt32: StoredScalar {}
extension UInt16: StoredScalar {}
extension UInt8: StoredScalar {}

extension Float: StoredScalar {
    @inline(__always)
    static func float(at address: UnsafeRawPointer) -> Float {
        Float(bitPattern: UInt32(littleEndian: address.loadUnaligned(as: UInt32.self)))
    }
}

extension Double: StoredScalar {
    @inline(__always)
    static func float(at address: UnsafeRawPointer) -> Float {
        Float(Double(bitPattern: UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))))
    }
}

/// IEEE 754 binary16.
enum Half: StoredScalar {
    static var size: Int { 2 }

    /// Moves exponent and significand into a float's fields and multiplies by 2¹¹², which corrects the exponent's
    /// bias exactly, subnormals included; infinities and NaNs then get the float's largest exponent.
    @inline(__always)
    static func float(at address: UnsafeRawPointer) -> Float {
        let bits = UInt32(UInt16(littleEndian: address.loadUnaligned(as: UInt16.self)))
        let magnitude = bits & 0x7FFF
        let scaled = (Float(bitPattern: magnitude << 13) * 0x1p112).bitPattern
        // All ones where the exponent is the largest, without the branch that a comparison may become.
        let isSpecial = 0 &- (magnitude &+ 0x400) >> 15
        let special = isSpecial & 0x7F80_0000
        return Float(bitPattern: scaled | special | (bits & 0x8000) << 16)
    }
}

/// The upper half of a binary32.
enum BrainHalf: StoredScalar {
    static var size: Int { 2 }

    @inline(__always)
    static func float(at address: UnsafeRawPointer) -> Float {
        Float(bitPattern: UInt32(UInt16(littleEndian: address.loadUnaligned(as: UInt16.self))) << 16)
    }
}

/// One byte, true unless zero.
enum Truth: StoredScalar {
    static var size: Int { 1 }

    @inline(__always)
    static func float(at address: UnsafeRawPointer) -> Float {
        address.loadUnaligned(as: UInt8.self) == 0 ? 0 : 1
    }
}
