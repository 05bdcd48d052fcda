import Foundation
import GRDB

extension Row {
    /// The value of a column, or an error where a damaged file has something else there.
    func stored<Value: DatabaseValueConvertible>(_ index: Int, as type: Value.Type = Value.self) throws -> Value {
        guard let value = Value.fromDatabaseValue(self[index]) else { throw DatabaseError.damaged("column \(index)") }
        return value
    }

    /// The value of a column that may be without one.
    func storedIfAny<Value: DatabaseValueConvertible>(
        _ index: Int, as type: Value.Type = Value.self
    ) throws -> Value? {
        hasNull(atIndex: index) ? nil : try stored(index, as: type)
    }

    /// A blob's bytes.
    func bytes(_ index: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: index) { data in
            guard let data else { throw DatabaseError.damaged("column \(index)") }
            return [UInt8](data)
        }
    }

    /// A blob's numbers, stored as they are in the memory of a little-endian machine; `count` must be how many they are.
    func scalars<Scalar: BitwiseCopyable>(_ index: Int, count: Int, zero: Scalar) throws -> [Scalar] {
        var scalars = [Scalar](repeating: zero, count: count)
        try copyScalars(index, to: &scalars)
        return scalars
    }

    /// Fills `scalars` with a blob's numbers. A blob's bytes are not aligned, hence the copy.
    func copyScalars<Scalar: BitwiseCopyable>(_ index: Int, to scalars: inout [Scalar]) throws {
        try withUnsafeData(atIndex: index) { data in
            try scalars.withUnsafeMutableBytes { target in
                guard let data, data.count == target.count else {
                    throw DatabaseError.damaged("a vector of \(data?.count ?? 0) bytes")
                }
                data.withUnsafeBytes { target.copyMemory(from: $0) }
            }
        }
    }
}

extension Data {
    /// Numbers as they are in the memory of a little-endian machine.
    init<Scalar: BitwiseCopyable>(scalars: [Scalar]) { self = scalars.withUnsafeBytes { Data($0) } }
}

extension DatabaseError {
    /// What is thrown where a file holds what was never written.
    static func damaged(_ what: String) -> DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(what) is not what was stored")
    }
}

/// SHA-256 of a file: 64 hexadecimal digits outside, 32 bytes in the file.
enum ContentHash {
    /// The 32 bytes, or nil where `digits` are no hash.
    static func bytes(_ digits: String) -> Data? {
        let digits = Array(digits.utf8)
        guard digits.count == 64 else { return nil }
        var bytes = Data(capacity: 32)
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// The 64 digits, in lower case.
    static func digits(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
