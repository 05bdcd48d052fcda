import Tensors

/// The directions in which features vary most.
struct PrincipalComponents {
    /// The mean (D) of the features.
    let mean: [Float]
    /// Directions (K, D), the one of the largest variance first, each with its entry of largest magnitude positive.
    let directions: [Float]
    /// Their shares of the variance.
    let explained: [Double]

    /// The components of those rows of `features`, each (N, D), that are chosen.
    init(
        of features: [Tensor], where chosen: [[Bool]], count: Int
    ) throws(PatchBasisError) {
        let width = features[0].shape[1]
        let patches = chosen.reduce(0) { sum, chosen in sum + chosen.count { $0 } }
        guard count < patches, count <= width else {
            throw .tooFew(patches: patches, width: width, components: count)
        }
        var sums = [Double](repeating: 0, count: width)
        for (tensor, chosen) in zip(features, chosen) {
            for row in chosen.indices where chosen[row] {
                for column in 0..<width { sums[column] += Double(tensor.scalars[row * width + column]) }
            }
        }
        let mean = sums.map { $0 / Double(patches) }
        let scatter = Self.scatter(of: features, where: chosen, mean: mean)
        let total = (0..<width).reduce(0) { $0 + scatter[$1 * width + $1] }
        let found: SymmetricEigenvectors
        do {
            found = try SymmetricEigenvectors.of(scatter, order: width, .largest(count))
        } catch {
            throw .eigenvectors(error)
        }
        self.mean = mean.map { Float($0) }
        directions = found.vectors.map { Float($0) }
        explained = found.values.map { total > 0 ? min(max($0 / total, 0), 1) : 0 }
    }

    /// Rows that are centred and multiplied at once.
    private static let block = 512

    private static func scatter(of features: [Tensor], where chosen: [[Bool]], mean: [Double]) -> [Double] {
        let width = mean.count
        var scatter = [Double](repeating: 0, count: width * width)
        var rows = [Double]()
        rows.reserveCapacity(block * width)
        for (tensor, chosen) in zip(features, chosen) {
            for row in chosen.indices where chosen[row] {
                for column in 0..<width { rows.append(Double(tensor.scalars[row * width + column]) - mean[column]) }
                guard rows.count == block * width else { continue }
                BLAS.addScatter(of: rows, columns: width, to: &scatter)
                rows.removeAll(keepingCapacity: true)
            }
        }
        BLAS.addScatter(of: rows, columns: width, to: &scatter)
        return scatter
    }
}

extension PatchBasis.Foreground {
    /// The cut through the first component of the patches of `images`.
    init(_ first: PrincipalComponents, of images: [GridFeatures]) {
        var values = images.map {
            PatchBasis.project($0.features, mean: first.mean, directions: first.directions).scalars
        }
        var direction = first.directions
        var threshold = Self.threshold(values.flatMap { $0 })
        let above = GridFeatures.edgeShare(of: images) { values[$0][$1] > threshold }
        let below = GridFeatures.edgeShare(of: images) { values[$0][$1] <= threshold }
        if above > below {
            direction = direction.map { -$0 }
            values = values.map { $0.map { -$0 } }
            threshold = Self.threshold(values.flatMap { $0 })
        }
        self.init(mean: first.mean, direction: direction, threshold: threshold)
    }

    /// The value with the largest variance between what is above it and what is not (Otsu, 1979), in the middle between
    /// its neighbours; of equal variances the least. Where all values are one, it is that: nothing is above.
    private static func threshold(_ values: [Float]) -> Float {
        let sorted = values.sorted()
        let total = sorted.reduce(0) { $0 + Double($1) }
        var (best, place, below) = (0.0, sorted.count - 1, 0.0)
        for index in 0..<sorted.count - 1 {
            below += Double(sorted[index])
            guard sorted[index] < sorted[index + 1] else { continue }
            let (low, high) = (Double(index + 1), Double(sorted.count - index - 1))
            let distance = (total - below) / high - below / low
            if low * high * distance * distance > best { (best, place) = (low * high * distance * distance, index) }
        }
        guard place < sorted.count - 1 else { return sorted[place] }
        let middle = Float((Double(sorted[place]) + Double(sorted[place + 1])) / 2)
        return middle < sorted[place + 1] ? middle : sorted[place]
    }
}
