public import Tensors

extension PatchBasis {
    /// What a basis is asked for.
    public struct Request: Sendable, Equatable {
        /// The number of directions, `K`.
        public var components: Int
        /// Whether the foreground is told from the background first, and the directions are those of the foreground.
        public var foreground: Bool
        /// Where colours begin and end.
        public var spread: Spread

        /// So many directions, by default of all patches and with colours from the least value to the largest.
        public init(components: Int = 3, foreground: Bool = false, spread: Spread = .minMax) {
            (self.components, self.foreground, self.spread) = (components, foreground, spread)
        }
    }

    /// Where the colours of a direction begin and end among the values there are.
    public enum Spread: String, Sendable, CaseIterable {
        /// At the least and the largest value.
        case minMax = "minmax"
        /// At the 2 % and the 98 % quantile, interpolated between the two nearest values.
        case quantile
    }

    /// A basis and how much of the variance each of its directions has.
    public struct Fit: Sendable, Equatable {
        /// The basis.
        public let basis: PatchBasis
        /// The directions' shares of the variance of the patches that they are of (K); zeros where nothing varies.
        public let explained: [Double]
    }

    /// The principal components of the patches of some images together.
    ///
    /// The covariance (D, D) is summed in double precision, its eigenvectors are LAPACK's. The entry of largest magnitude
    /// of each direction is positive, of equal ones the first decides, so the same patches give the same colours.
    ///
    /// With `foreground`, as in the notebook of DINOv2, the first component of all patches is cut in two and the
    /// directions are those of one half. The cut is where the variance between the halves is largest (Otsu, 1979); the
    /// half of which the smaller share lies on the edges of the grids is the foreground, of equal ones the upper.
    ///
    /// Cost: P·D² operations for P patches and some D³ for the eigenvectors, on the caller's thread; memory of 24·D² bytes.
    /// - Throws: ``PatchBasisError`` where there are too few patches, or one has a number that is not finite.
    /// - Precondition: there is an image, and all have the same D.
    public static func fit(_ images: [GridFeatures], _ request: Request = .init()) throws(PatchBasisError) -> Fit {
        precondition(!images.isEmpty && images.allSatisfy { $0.dimensions == images[0].dimensions }, "images' widths")
        let features = images.map(\.features)
        var chosen = images.map { [Bool](repeating: true, count: $0.count) }
        var cut: Foreground?
        if request.foreground {
            let first = try PrincipalComponents(of: features, where: chosen, count: 1)
            let found = Foreground(first, of: images)
            chosen = features.map { features in
                project(features, mean: found.mean, directions: found.direction).scalars.map { $0 > found.threshold }
            }
            cut = found
        }
        let found = try PrincipalComponents(of: features, where: chosen, count: request.components)
        let values = zip(features, chosen).map { features, chosen in
            (project(features, mean: found.mean, directions: found.directions), chosen)
        }
        let ranges = (0..<request.components).map { component in
            request.spread.span(
                of: values.flatMap { values, chosen in
                    chosen.indices.lazy.filter { chosen[$0] }.map {
                        values.scalars[$0 * request.components + component]
                    }
                })
        }
        guard
            let basis = PatchBasis(
                mean: found.mean, components: found.directions, ranges: ranges, foreground: cut)
        else { throw .eigenvectors(.notFinite) }
        return Fit(basis: basis, explained: found.explained)
    }
}

extension PatchBasis.Spread {
    /// The span of some values, of which there is at least one.
    fileprivate func span(of values: [Float]) -> PatchBasis.Span {
        switch self {
        case .minMax: PatchBasis.Span(low: values.min() ?? 0, high: values.max() ?? 0)
        case .quantile: PatchBasis.Span(low: values.quantile(0.02), high: values.quantile(0.98))
        }
    }
}

/// What keeps a basis from being found.
public enum PatchBasisError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Patches vary in at most one direction less than there are of them, and in no more than their width.
    case tooFew(patches: Int, width: Int, components: Int)
    /// Eigenvectors that cannot be found.
    case eigenvectors(EigenError)

    /// The reason in a sentence.
    public var description: String {
        switch self {
        case .tooFew(let patches, let width, let components):
            "\(components) components need more than \(components) patches of at least as many numbers; there are "
                + "\(patches) of \(width): ask for fewer components, or for a larger size"
        case .eigenvectors(let error): error.description
        }
    }
}
