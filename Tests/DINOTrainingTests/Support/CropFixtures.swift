import DINOTraining
import Foundation
import Images

/// What torchvision and Pillow make of pictures, as `scripts/make-augmentation-fixtures` writes it.
struct CropFixtures: Decodable {
    let picture: Picture
    let crops: [Crop]
    let boxes: [Box]

    /// A picture in JSON.
    struct Picture: Decodable, Sendable {
        let width, height: Int
        let rgb: Data

        var image: RGBImage { RGBImage(width: width, height: height, pixels: [UInt8](rgb)) }
    }

    /// A crop made with given parameters.
    struct Crop: Decodable, Sendable {
        let size: Int
        let box: [Int]
        let flip, gray, solarize: Bool
        let jitter: [Change]
        let blur: Float
        let result: Picture
        let firstPixel: [Float]
    }

    /// `["hue", 0.1]`.
    struct Change: Decodable, Sendable {
        let change: ColorJitter.Change

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            let name = try values.decode(String.self), value = try values.decode(Double.self)
            switch name {
            case "brightness": change = .brightness(value)
            case "contrast": change = .contrast(value)
            case "saturation": change = .saturation(value)
            default: change = .hue(value)
            }
        }
    }

    /// A box that follows from given random numbers.
    struct Box: Decodable, Sendable {
        let width, height: Int
        let scale, uniforms: [Double]
        let box: [Int]
    }

    static let expected: CropFixtures? = {
        let file = URL(filePath: #filePath).appending(path: "../../Fixtures/crops.json").standardizedFileURL
        return (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(CropFixtures.self, from: $0) }
    }()
}
