/// A kernel for resampling, widened when shrinking so that it averages what it skips, as Pillow does.
public enum ResizeFilter: String, Sendable, Codable, CaseIterable {
    /// The triangle: straight lines between neighbours.
    case bilinear
    /// The cubic convolution of Keys (1981) with a = −1/2.
    case bicubic

    /// How far the kernel reaches from its centre, in input pixels when not shrinking.
    var support: Double {
        switch self {
        case .bilinear: 1
        case .bicubic: 2
        }
    }

    /// The kernel's value at a distance; each expression in the order of Pillow's, so that every bit is the same.
    func weight(at distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .bilinear: return x < 1 ? 1 - x : 0
        case .bicubic:
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        }
    }
}
