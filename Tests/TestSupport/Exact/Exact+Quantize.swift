/// Quantised vectors as their definition says.
extension Exact {
    /// One level: the scale max|x| / 127, and each number's nearest multiple of it.
    public static func quantize(_ x: [Double]) -> (scale: Double, numbers: [Int]) {
        let scale = (x.map(abs).max() ?? 0) / 127
        return (scale, x.map { scale == 0 ? 0 : Int(($0 / scale).rounded()) })
    }

    /// Σ a·b.
    public static func product(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}
