package import Images

/// Which of an image's crops one is; the reference treats the three kinds differently.
package enum CropView: Int, Sendable, CaseIterable {
    /// The first global crop.
    case firstGlobal
    /// The second global crop.
    case secondGlobal
    /// Any local crop.
    case local
}

/// Everything that was drawn for one crop: `DataAugmentationDINO` of `main_dino.py`, without its pixels.
package struct CropPlan: Sendable, Equatable {
    /// The part of the image that is kept.
    package var box: CropBox
    /// Whether left and right are exchanged.
    package var flip = false
    /// How colours change.
    package var jitter: ColorJitter?
    /// Whether colours are lost.
    package var gray = false
    /// The deviation of the blur in pixels.
    package var blur: Float?
    /// Whether light samples are inverted.
    package var solarize = false

    /// A plan that keeps a box as it is.
    package init(box: CropBox) { self.box = box }

    /// A plan drawn in the reference's order; each draw is made only where what it decides can happen.
    ///
    /// - Parameters:
    ///   - width: the image's width, and `height` its height, in pixels.
    ///   - globalSize: the side of the step's global crops, whatever the view.
    /// - Precondition: the recipe passes its check.
    package init(
        _ view: CropView, width: Int, height: Int, globalSize: Int, recipe: Recipe,
        _ generator: inout CounterGenerator
    ) {
        let settings = recipe.augmentation
        let scale = view == .local ? recipe.crops.localScale : recipe.crops.globalScale
        box = CropBox(inWidth: width, height: height, scale: scale) { generator.uniform() }
        flip = generator.uniform() < settings.flip
        if generator.uniform() < settings.jitter { jitter = ColorJitter(settings, &generator) }
        gray = generator.uniform() < settings.gray
        if generator.uniform() < settings.blur[view.rawValue] {
            let range = Self.blurRange(settings, globalSize: globalSize)
            blur = Float(generator.uniform(range.lowerBound, range.upperBound))
        }
        if view == .secondGlobal { solarize = generator.uniform() < settings.solarize }
    }

    /// The deviations of a blur: the recipe's for global crops of 224 pixels and more, below that with the upper end in
    /// proportion to their side, so that small crops keep their details. The lower end stays.
    package static func blurRange(_ settings: Recipe.Augmentation, globalSize: Int) -> ClosedRange<Double> {
        let least = settings.blurSigma[0]
        let largest = settings.blurSigma[1] * min(1, Double(globalSize) / 224)
        return least...max(least, largest)
    }

    /// The crop of an image, `size` pixels a side.
    ///
    /// - Precondition: the box lies within the image.
    package func callAsFunction(_ image: RGBImage, size: Int) -> RGBImage {
        var crop = image.cropped(x: box.x, y: box.y, width: box.width, height: box.height)
            .resized(width: size, height: size, filter: .bicubic)
        if flip { crop.flipHorizontally() }
        jitter?.apply(to: &crop)
        if gray { crop.removeColor() }
        if let blur { crop.blur(sigma: blur) }
        if solarize { crop.solarize() }
        return crop
    }
}
