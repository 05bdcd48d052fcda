/// The NumPy array file, format version 1.0.
public enum NPY {
    /// What comes before the little-endian float32 of an array in C order: magic, and a header that ends at a multiple
    /// of 64 bytes.
    public static func header(shape: [Int]) -> [UInt8] {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
        // Magic, version and length take 10 bytes, the line feed one.
        let padding = (64 - (10 + dictionary.utf8.count + 1) % 64) % 64
        let length = dictionary.utf8.count + padding + 1
        let prefix: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF)]
        return prefix + Array(dictionary.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
    }
}
