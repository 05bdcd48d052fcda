package import Images

/// The four changes of torchvision's `ColorJitter`, in one order.
package struct ColorJitter: Sendable, Equatable {
    /// One change of colour.
    package enum Change: Sendable, Equatable {
        /// A factor, 1 for none.
        case brightness(Double), contrast(Double), saturation(Double)
        /// A share of a circle, 0 for none.
        case hue(Double)
    }

    /// The changes, first to last.
    package var changes: [Change]

    /// Given changes.
    package init(_ changes: [Change]) { self.changes = changes }

    /// The changes of `ColorJitter.get_params`: an order, then a factor for each that varies.
    init(_ settings: Recipe.Augmentation, _ generator: inout CounterGenerator) {
        let order = generator.permutation(4)
        func factor(_ range: Double) -> Double? {
            range > 0 ? generator.uniform(max(0, 1 - range), 1 + range) : nil
        }
        let brightness = factor(settings.brightness).map(Change.brightness)
        let contrast = factor(settings.contrast).map(Change.contrast)
        let saturation = factor(settings.saturation).map(Change.saturation)
        let hue = settings.hue > 0 ? Change.hue(generator.uniform(-settings.hue, settings.hue)) : nil
        let all = [brightness, contrast, saturation, hue]
        changes = order.compactMap { all[$0] }
    }

    /// Makes the changes.
    package func apply(to image: inout RGBImage) {
        for change in changes {
            switch change {
            case .brightness(let factor): image.adjustBrightness(Float(factor))
            case .contrast(let factor): image.adjustContrast(Float(factor))
            case .saturation(let factor): image.adjustSaturation(Float(factor))
            case .hue(let turns): image.adjustHue(turns)
            }
        }
    }
}
