public import Tensors

/// What CLS attends to in one image, by head, over the grid of patches.
public struct AttentionMaps: Sendable, Equatable {
    /// Rows and columns of the grid.
    public let gridHeight, gridWidth: Int
    /// For each head the attention to the patches, row by row.
    public let heads: [[Float]]
    /// Patches whose attention was set to 0, ascending.
    public let excluded: [Int]

    /// Which attention: one head's, or what all of them make together.
    public enum Selection: Sendable, Hashable {
        /// One head's, counted from 0.
        case head(Int)
        /// The mean of the heads.
        case mean
        /// For each patch the largest of the heads.
        case max
    }

    /// The maps in an attention `(H, N)`, without that to the patches in `excluded`.
    ///
    /// - Precondition: N is `gridHeight` · `gridWidth`.
    public init(_ attention: Tensor, gridHeight: Int, gridWidth: Int, excluding excluded: [Int] = []) {
        precondition(
            attention.shape.count == 2 && attention.shape[1] == gridHeight * gridWidth, "attention \(attention.shape)")
        let patches = attention.shape[1]
        (self.gridHeight, self.gridWidth, self.excluded) = (gridHeight, gridWidth, excluded)
        heads = (0..<attention.shape[0]).map { head in
            var row = Array(attention.scalars[head * patches..<(head + 1) * patches])
            for patch in excluded { row[patch] = 0 }
            return row
        }
    }

    /// Every head in its order.
    public var everyHead: [Selection] { heads.indices.map(Selection.head) }

    /// The attention to each patch, row by row.
    ///
    /// - Precondition: a head exists.
    public subscript(selection: Selection) -> [Float] {
        switch selection {
        case .head(let head): return heads[head]
        case .mean:
            return (0..<gridHeight * gridWidth).map { patch in
                heads.reduce(0) { $0 + $1[patch] } / Float(heads.count)
            }
        case .max:
            return (0..<gridHeight * gridWidth).map { patch in heads.reduce(0) { Swift.max($0, $1[patch]) } }
        }
    }

    /// The patches that hold more than `mass` of a map, by ``AttentionMask``'s rule.
    public func mask(_ selection: Selection, keepingMass mass: Float) -> Mask {
        Mask(keepingMass: mass, of: self[selection], height: gridHeight, width: gridWidth)
    }
}

/// Tokens that a model without registers uses for itself instead of for their patch (Darcet et al., 2024, section 2.1).
public enum ArtefactTokens {
    /// How many times as long as the median patch a token has to be.
    public static let factor: Float = 3

    /// The patches whose token, before the final norm, is more than ``factor`` times as long as the median one; ascending.
    public static func patches(norms: [Float]) -> [Int] {
        guard !norms.isEmpty else { return [] }
        let median = norms.sorted()[norms.count / 2]
        return norms.indices.filter { norms[$0] > factor * median }
    }
}
