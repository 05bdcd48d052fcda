import Foundation

/// A part of a picture, in pixels.
package struct CropBox: Sendable, Equatable {
    /// The corner and the sides.
    package var x, y, width, height: Int

    /// A part of a picture.
    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Width over height, at least and at most.
    private static let ratio = (least: 3.0 / 4, largest: 4.0 / 3)

    /// The box of torchvision's `RandomResizedCrop.get_params`: ten tries of an area and a proportion, then the largest
    /// box in the middle whose proportions are allowed.
    ///
    /// - Parameters:
    ///   - scale: shares of the picture's area.
    ///   - uniform: the next random number from 0 to under 1: for each try one for the area and one for the proportion,
    ///     for the one that fits two more, for the row and the column.
    package init(
        inWidth pictureWidth: Int, height pictureHeight: Int, scale: Recipe.Crops.Scale, uniform: () -> Double
    ) {
        let area = Double(pictureWidth * pictureHeight)
        let (least, largest) = (log(Self.ratio.least), log(Self.ratio.largest))
        for _ in 0..<10 {
            let target = area * (scale.least + uniform() * (scale.largest - scale.least))
            let proportion = exp(least + uniform() * (largest - least))
            let width = Self.rounded((target * proportion).squareRoot())
            let height = Self.rounded((target / proportion).squareRoot())
            guard 0 < width, width <= pictureWidth, 0 < height, height <= pictureHeight else { continue }
            let y = Int(uniform() * Double(pictureHeight - height + 1))
            let x = Int(uniform() * Double(pictureWidth - width + 1))
            self.init(x: x, y: y, width: width, height: height)
            return
        }
        self.init(inMiddleOfWidth: pictureWidth, height: pictureHeight)
    }

    private init(inMiddleOfWidth pictureWidth: Int, height pictureHeight: Int) {
        var (width, height) = (pictureWidth, pictureHeight)
        let proportion = Double(width) / Double(height)
        if proportion < Self.ratio.least {
            height = Self.rounded(Double(width) / Self.ratio.least)
        } else if proportion > Self.ratio.largest {
            width = Self.rounded(Double(height) * Self.ratio.largest)
        }
        self.init(
            x: (pictureWidth - width) / 2, y: (pictureHeight - height) / 2, width: width, height: height)
    }

    /// Python's `round`, which takes a half to the even neighbour.
    private static func rounded(_ value: Double) -> Int { Int(value.rounded(.toNearestOrEven)) }
}
