/// What each image's residual branches are multiplied by: 0 where dropped, else 1 over the chance of staying, as timm's
/// `drop_path` (arXiv:1603.09382). Block i of L drops with chance rate·i/(L-1).
struct DropPath: Sendable {
    /// (2·L, images): the attention's and the feed-forward's branch of each block.
    let factors: [Float]
    let images: Int

    /// Factors drawn from uniform numbers in [0, 1).
    init(rate: Double, depth: Int, images: Int, uniform: () -> Double) {
        self.images = images
        factors = (0..<2 * depth).flatMap { branch in
            let keep = 1 - rate * Double(branch / 2) / Double(max(depth - 1, 1))
            return (0..<images).map { _ in uniform() < keep ? Float(1 / keep) : 0 }
        }
    }

    /// The factors of a run of rows, of which each image has so many.
    func scales(_ branch: Int, _ rows: Range<Int>, perImage: Int) -> ArraySlice<Float> {
        ArraySlice(rows.map { factors[branch * images + $0 / perImage] })
    }
}
