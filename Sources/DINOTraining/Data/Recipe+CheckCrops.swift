extension Recipe {
    /// The sides that a crop may have, in pixels.
    static let cropSides = 1...2048

    /// Refuses crops and changes of them that cannot be.
    func checkCrops() throws(TrainingError) {
        func require(_ holds: Bool, _ sentence: @autoclosure () -> String) throws(TrainingError) {
            guard holds else { throw .recipe(sentence()) }
        }
        for (name, scale) in [("global", crops.globalScale), ("local", crops.localScale)] {
            try require(
                scale.least > 0 && scale.least <= scale.largest && scale.largest <= 1,
                "--\(name)_crops_scale is \(scale.least) \(scale.largest), expected two shares of the image's area above 0, "
                    + "1 at most, the smaller first")
        }
        try require(
            (0...1000).contains(crops.localNumber), "--local_crops_number is \(crops.localNumber), expected 0 to 1000")
        var sides = [crops.globalSize, crops.localSize]
        if let early = crops.early { sides += [early.globalSize, early.localSize] }
        try require(
            sides.allSatisfy(Self.cropSides.contains),
            "crops have sides of \(sides) px, expected \(Self.cropSides.lowerBound) to \(Self.cropSides.upperBound)")
        let chances = [augmentation.flip, augmentation.jitter, augmentation.gray, augmentation.solarize]
        try require(
            augmentation.blur.count == CropView.allCases.count
                && (chances + augmentation.blur).allSatisfy((0...1).contains),
            "the chances of an augmentation lie between 0 and 1, and those of a blur are three")
        let ranges = [augmentation.brightness, augmentation.contrast, augmentation.saturation]
        try require(
            ranges.allSatisfy((0...10).contains) && (0...0.5).contains(augmentation.hue),
            "brightness, contrast and saturation are jittered by 0 to 10, the hue by 0 to 0.5")
        let sigma = augmentation.blurSigma
        try require(
            sigma.count == 2 && sigma.allSatisfy((0...1000).contains) && sigma[0] <= sigma[1],
            "the blur's deviations are \(sigma), expected two from 0 to 1000, the smaller first")
    }
}
