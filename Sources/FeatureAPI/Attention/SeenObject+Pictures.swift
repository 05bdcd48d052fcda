package import DINO
package import Images

extension SeenObject {
    /// A mask as a picture: white where it is.
    package static func picture(_ mask: PlacedMask) -> GrayImage {
        GrayImage(
            width: mask.imageWidth, height: mask.imageHeight, pixels: mask.pixels.kept.map { $0 ? 255 : 0 })
    }

    /// The values of a field as colours of ``ColorRamp``, from 0 to ``ImageField/lightest``.
    package static func picture(_ field: ImageField) -> RGBImage {
        draw(field, on: nil)
    }

    /// The colours of a field laid over a photograph: the larger a value the less of the photograph shows. Pixels outside of
    /// what the model saw stay as they are.
    ///
    /// - Precondition: the photograph has the field's size.
    package func overlay(_ field: ImageField, on photograph: RGBImage) -> RGBImage {
        precondition(photograph.width == field.imageWidth && photograph.height == field.imageHeight, "sizes differ")
        return Self.draw(field, on: photograph, within: grid.seenMiddles)
    }

    private static func draw(
        _ field: ImageField, on photograph: RGBImage?, within box: PatchGrid.PixelBox? = nil
    ) -> RGBImage {
        let (width, height) = (field.imageWidth, field.imageHeight)
        let lightest = field.lightest
        var pixels = photograph?.pixels ?? [UInt8](repeating: 0, count: width * height * 3)
        var line = [Float](repeating: 0, count: width)
        let columns = box.map { $0.x0..<$0.x1 } ?? 0..<width
        for row in box.map({ $0.y0..<$0.y1 }) ?? 0..<height {
            field.write(row: row, to: &line)
            for x in columns {
                let value = lightest > 0 ? line[x] / lightest : 0, color = ColorRamp.color(value)
                let share = photograph == nil ? 1 : 0.35 + 0.5 * max(0, min(value, 1)), start = (row * width + x) * 3
                pixels[start] = mixed(color.red, over: pixels[start], share)
                pixels[start + 1] = mixed(color.green, over: pixels[start + 1], share)
                pixels[start + 2] = mixed(color.blue, over: pixels[start + 2], share)
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    private static func mixed(_ above: UInt8, over below: UInt8, _ share: Float) -> UInt8 {
        UInt8(Float(below) + share * (Float(above) - Float(below)) + 0.5)
    }
}
