/// From pixels to the first residual stream: patches, CLS, positions.
extension Exact {
    /// PyTorch's bicubic interpolation along one axis with the reference's offset of 0.1: (target, source).
    ///
    /// src = (dst + 0.5)·M/(w + 0.1) - 0.5, A = -0.75, neighbours outside taken from the border.
    public static func positionWeights(from source: Int, to target: Int) -> Rows {
        var weights = Rows(zeros: target, source)
        for row in 0..<target {
            let place = (Double(row) + 0.5) * Double(source) / (Double(target) + 0.1) - 0.5
            let first = Int(place.rounded(.down)), t = place - place.rounded(.down)
            for (tap, weight) in cubic(t).enumerated() {
                weights[row, min(max(first - 1 + tap, 0), source - 1)] += weight
            }
        }
        return weights
    }

    /// The weights of the four neighbours of a place `t` behind the second.
    private static func cubic(_ t: Double) -> [Double] {
        let a = -0.75
        func near(_ x: Double) -> Double { (a + 2) * x * x * x - (a + 3) * x * x + 1 }
        func far(_ x: Double) -> Double { a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a }
        return [far(t + 1), near(t), near(1 - t), far(2 - t)]
    }

    /// The learnt rows (1 + M², D) on a grid of another side: CLS as it is, the others mixed.
    public static func positions(_ learnt: Rows, trained: Int, grid: Int) -> Rows {
        guard trained != grid else { return learnt }
        let axis = positionWeights(from: trained, to: grid)
        var rows = Rows(zeros: 1 + grid * grid, learnt.columns)
        for d in 0..<learnt.columns {
            rows[0, d] = learnt[0, d]
            for (y, x, j, i) in quadruples(grid, trained) {
                rows[1 + y * grid + x, d] += axis[y, j] * axis[x, i] * learnt[1 + j * trained + i, d]
            }
        }
        return rows
    }

    /// The gradient of the learnt rows.
    public static func positionsBackward(_ drows: Rows, trained: Int, grid: Int) -> Rows {
        guard trained != grid else { return drows }
        let axis = positionWeights(from: trained, to: grid)
        var dlearnt = Rows(zeros: 1 + trained * trained, drows.columns)
        for d in 0..<drows.columns {
            dlearnt[0, d] = drows[0, d]
            for (y, x, j, i) in quadruples(grid, trained) {
                dlearnt[1 + j * trained + i, d] += axis[y, j] * axis[x, i] * drows[1 + y * grid + x, d]
            }
        }
        return dlearnt
    }

    private static func quadruples(_ grid: Int, _ trained: Int) -> [(Int, Int, Int, Int)] {
        (0..<grid * grid).flatMap { place in
            (0..<trained * trained).map { (place / grid, place % grid, $0 / trained, $0 % trained) }
        }
    }

    /// One image (3, S, S) as rows of patches (G², 3·p·p): channel, then line, then column, as a convolution has them.
    public static func patches(_ image: [Double], side: Int, patch: Int) -> Rows {
        let grid = side / patch
        var rows = Rows(zeros: grid * grid, 3 * patch * patch)
        for channel in 0..<3 {
            for y in 0..<side {
                for x in 0..<side {
                    let inside = (channel * patch + y % patch) * patch + x % patch
                    rows[y / patch * grid + x / patch, inside] = image[(channel * side + y) * side + x]
                }
            }
        }
        return rows
    }

    /// The first stream (images · (1 + G²), D) of images' patches (images · G², 3·p·p).
    public static func embed(
        _ patches: Rows, images: Int, weight: Rows, bias: Rows, cls: Rows, positions: Rows
    ) -> Rows {
        let tokens = positions.count, embedded = linear(patches, weight, bias)
        var stream = Rows(zeros: images * tokens, weight.count)
        for row in 0..<stream.count {
            let image = row / tokens, token = row % tokens
            for d in 0..<stream.columns {
                let own = token == 0 ? cls.values[d] : embedded[image * (tokens - 1) + token - 1, d]
                stream[row, d] = own + positions[token, d]
            }
        }
        return stream
    }

    /// The gradients of what `embed` took.
    public static func embedBackward(
        _ patches: Rows, images: Int, weight: Rows, dstream: Rows
    ) -> (dWeight: Rows, dBias: Rows, dCls: Rows, dPositions: Rows) {
        let tokens = dstream.count / images, d = weight.count
        var dembedded = Rows(zeros: patches.count, d), dCls = Rows(zeros: 1, d), dPositions = Rows(zeros: tokens, d)
        for row in 0..<dstream.count {
            let image = row / tokens, token = row % tokens
            for c in 0..<d {
                dPositions[token, c] += dstream[row, c]
                if token == 0 {
                    dCls.values[c] += dstream[row, c]
                } else {
                    dembedded[image * (tokens - 1) + token - 1, c] = dstream[row, c]
                }
            }
        }
        let (_, dWeight, dBias) = linearBackward(patches, weight, dy: dembedded)
        return (dWeight, dBias, dCls, dPositions)
    }
}
