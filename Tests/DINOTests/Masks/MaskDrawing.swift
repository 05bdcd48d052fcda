import DINO

extension Mask {
    /// A mask drawn with `#` for its cells.
    init(_ rows: String...) {
        self.init(height: rows.count, width: rows[0].count, kept: rows.joined().map { $0 == "#" })
    }

    /// A mask of cells by chance, the same for the same seed.
    static func random(height: Int, width: Int, share: Double, seed: UInt64) -> Mask {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        return Mask(
            height: height, width: width,
            kept: (0..<height * width).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Double(state >> 40) / Double(1 << 24) < share
            })
    }

    func isKept(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < width && y < height && kept[y * width + x]
    }

    /// Masks of every shape and density, with the empty and the full one, one cell, a row and a column.
    static let many: [Mask] = drawn + scattered

    private static let drawn: [Mask] = [
        Mask("#"), Mask("."), Mask("#.##"), Mask("#", ".", "#"), Mask("###", "#.#", "###"),
        Mask("#.#", ".#.", "#.#"),
        Mask("....", "...."), Mask("####", "####"), Mask("##..", "#.#.", "##.#", ".###"),
    ]

    private static let scattered: [Mask] = (0..<60).map { (seed: Int) -> Mask in
        random(
            height: 1 + seed % 7, width: 1 + seed * 5 % 11, share: Double(1 + seed % 9) / 10, seed: UInt64(seed))
    }
}
