import Checkpoints
public import Images
public import Tensors

/// How a photograph becomes a model's input: resize, crop, scale to [0, 1], normalise.
public struct Preprocessing: Sendable, Equatable {
    /// What the resize does to the proportions of a photograph.
    public enum Fit: String, Sendable, Codable {
        /// Keeps them: the shorter side becomes `resize`, the crop takes the middle.
        case shorterSide = "shorter-side"
        /// Gives them up: both sides become `resize`.
        case squash
    }

    /// What happens to the proportions.
    public var fit: Fit
    /// The length the shorter side is resized to before cropping, in pixels, at the default size.
    public var resize: Int
    /// The side of the centre crop, in pixels: the default size.
    public var crop: Int
    /// The filter of the resize, antialiased as Pillow does it.
    public var filter: ResizeFilter
    /// What is subtracted from each channel, red first.
    public var mean: [Float]
    /// What each channel is divided by, red first.
    public var std: [Float]

    /// A rule with the given knobs and the normalisation of ImageNet.
    public init(
        fit: Fit = .shorterSide, resize: Int, crop: Int, filter: ResizeFilter = .bicubic,
        mean: [Float] = [0.485, 0.456, 0.406], std: [Float] = [0.229, 0.224, 0.225]
    ) {
        self.fit = fit
        self.resize = resize
        self.crop = crop
        self.filter = filter
        self.mean = mean
        self.std = std
    }

    /// The evaluation rule of the published models: the shorter side to 256, the middle 224 × 224 of it.
    public static let evaluation = Preprocessing(resize: 256, crop: 224)

    /// Why the rule cannot be followed, or nil.
    func objection(patch: Int) -> String? {
        guard (1...8192).contains(crop), resize >= crop, resize <= 16384 else {
            return "preprocessing: a crop of \(crop) from a resize to \(resize) is not possible"
        }
        guard crop >= patch else { return "preprocessing: a crop of \(crop) is smaller than the patch, \(patch)" }
        guard mean.count == 3, std.count == 3, std.allSatisfy({ $0 > 0 }), mean.allSatisfy(\.isFinite) else {
            return "preprocessing: mean and std have three numbers each, std above zero"
        }
        return nil
    }

    /// The side of the crop that is taken for a wanted `size`: the largest multiple of the patch that is not larger,
    /// nil where there is none.
    public func side(for size: Int?, patch: Int) -> Int? {
        let side = (size ?? crop) / patch * patch
        return side > 0 ? side : nil
    }

    /// The input (3, side, side) of a photograph; `side` stands in for the default crop, the resize in proportion.
    ///
    /// - Precondition: `side` is positive.
    public func callAsFunction(_ image: RGBImage, side: Int) -> Tensor {
        normalized(image.resized(rule(for: side)))
    }

    /// The input (3, side, side) of an image file, the same as of its decoded image, with less time and memory. Blocking.
    ///
    /// - Parameter fast: whether a JPEG much larger than the input is decoded at a fraction of its size, see
    ///   `ImageDecoder.decode(_:limits:resized:fast:)`; the input is then another one.
    /// - Precondition: `side` is positive.
    public func input(
        of file: [UInt8], side: Int, limits: ImageLimits = .init(), fast: Bool = false
    ) throws(ImageError) -> Tensor {
        normalized(try ImageDecoder.decode(file, limits: limits, resized: rule(for: side), fast: fast))
    }

    /// What fast decoding divides the sides of a file by for an input of `side`; 1 where all pixels are decoded.
    func fastDenominator(of info: ImageInfo, side: Int) -> Int {
        ImageDecoder.fastDenominator(of: info, resized: rule(for: side))
    }

    private func rule(for side: Int) -> CenteredResize {
        let length = resizedSide(for: side)
        return CenteredResize(
            fit == .squash ? .exactly(width: length, height: length) : .shorterSide(length), width: side, height: side,
            filter: filter)
    }

    /// The part of a photograph of `width` × `height` that an input of `side` shows, as shares of its sides: 0..<1
    /// where nothing is cut off, beyond that where zeros are added.
    ///
    /// - Precondition: all three are positive.
    public func coverage(width: Int, height: Int, side: Int) -> (x: Range<Double>, y: Range<Double>) {
        let shorter = Double(resizedSide(for: side))
        let scale = Double(min(width, height))
        func range(_ length: Int) -> Range<Double> {
            let resized = fit == .squash ? shorter : shorter * Double(length) / scale
            let share = Double(side) / resized
            return (0.5 - share / 2)..<(0.5 + share / 2)
        }
        return (range(width), range(height))
    }

    /// The length of the resize for a crop of `side`.
    private func resizedSide(for side: Int) -> Int {
        side == crop ? resize : max(side, Int((Double(resize) * Double(side) / Double(crop)).rounded()))
    }

    /// The pixels as (3, height, width): divided by 255, minus mean, divided by std.
    public func normalized(_ image: RGBImage) -> Tensor {
        let rule = Normalization(mean: mean, std: std)
        let total = 3 * image.width * image.height
        let scalars = [Float](unsafeUninitializedCapacity: total) { buffer, count in
            var target = UnsafeMutableBufferPointer(rebasing: buffer[..<total]).mutableSpan
            rule.write(image, to: &target)
            count = total
        }
        return Tensor(shape: [3, image.height, image.width], scalars: scalars)
    }
}

extension Preprocessing: Codable {
    private enum CodingKeys: String, CodingKey {
        case fit, resize, crop, filter, mean, std
    }

    /// The rule under a manifest's "preprocessing"; `fit`, `filter`, `mean` and `std` may be absent.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init(resize: try keys.decode(Int.self, forKey: .resize), crop: try keys.decode(Int.self, forKey: .crop))
        fit = try keys.decodeIfPresent(Fit.self, forKey: .fit) ?? fit
        filter = try keys.decodeIfPresent(ResizeFilter.self, forKey: .filter) ?? filter
        mean = try keys.decodeIfPresent([Float].self, forKey: .mean) ?? mean
        std = try keys.decodeIfPresent([Float].self, forKey: .std) ?? std
    }
}

extension Preprocessing {
    /// The rule of a Hugging Face folder's `preprocessor_config.json`.
    ///
    /// Its crop is torchvision's, which rounds half a pixel to even where transformers rounds down.
    init(_ published: HuggingFacePreprocessor) throws(ModelError) {
        func refusal(_ reason: String) -> ModelError { .description(file: "preprocessor_config.json", reason: reason) }
        guard let filter = [2: ResizeFilter.bilinear, 3: .bicubic][published.resample] else {
            throw refusal("resample \(published.resample) is neither bilinear nor bicubic")
        }
        if let crop = published.crop, crop.count != 2 || crop[0] != crop[1] {
            throw refusal("the crop \(crop) is not square")
        }
        switch published.resize {
        case .shortestEdge(let side):
            guard let crop = published.crop?.first else { throw refusal("a resize to the shorter side needs a crop") }
            self.init(resize: side, crop: crop, filter: filter, mean: published.mean, std: published.std)
        case .exact(let width, let height):
            guard width == height else { throw refusal("a resize to \(width)×\(height) is not square") }
            let crop = published.crop?.first ?? width
            self.init(
                fit: .squash, resize: width, crop: crop, filter: filter, mean: published.mean, std: published.std)
        case nil:
            throw refusal("without a resize, images have no common size")
        }
    }
}
