/// The options of `POST /v1/correspondences`.
struct CorrespondenceOptions: RequestOptions {
    static let names = ["box", "encoding_format", "limit", "model", "points", "ratio", "size"]
    static let jsonNames: Set = ["box", "limit", "points", "ratio", "size"]

    /// Points that maps are made of; each has a map of both images.
    static let mostPoints = 16

    /// The most matches to give.
    var limit = 100
    /// The most that the distance of a match may be of that to the second nearest patch.
    var ratio: Float?
    /// Parts of the first image that maps are made of: points, each with its own, or one box.
    var points = [RegionQuery.Shape](), box: RegionQuery.Shape?
    var encodingFormat = ValueEncoding.float
    var size: Int?
    var model: String?

    init() {}

    mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError) {
        switch name {
        case "limit": limit = try Option.integer(value, name, in: 0...4096)
        case "ratio":
            guard case .number(let number) = value, number > 0, number <= 1 else {
                throw FeatureAPIError(.invalidOption, "The option \"ratio\" takes a number above 0, at most 1.")
            }
            ratio = Float(number)
        case "points": points = try Self.points(value)
        case "box": box = try Self.box(value)
        case "encoding_format": encodingFormat = try Option.choice(value.text, name)
        case "size": size = try Option.positive(value, name)
        default: model = try Option.text(value, name)
        }
    }

    /// The parts of the first image, each with a map.
    ///
    /// - Throws: ``FeatureAPIError`` where there are points and a box.
    func regions() throws(FeatureAPIError) -> [RegionQuery.Shape] {
        guard let box else { return points }
        guard points.isEmpty else {
            throw FeatureAPIError(.invalidOption, "The options \"points\" and \"box\" exclude each other.")
        }
        return [box]
    }

    private static func points(_ value: JSONValue) throws(FeatureAPIError) -> [RegionQuery.Shape] {
        guard case .array(let elements) = value, (1...mostPoints).contains(elements.count) else {
            throw FeatureAPIError(
                .invalidOption,
                "The option \"points\" takes 1 to \(mostPoints) points of the first image, each [x, y] in pixels.")
        }
        let points = elements.compactMap { element -> RegionQuery.Shape? in
            guard let numbers = element.numbers, numbers.count == 2 else { return nil }
            return .points([RegionQuery.Point(x: numbers[0], y: numbers[1])])
        }
        guard points.count == elements.count else {
            throw FeatureAPIError(.invalidOption, "Each of \"points\" is two numbers of pixels, [x, y].")
        }
        return points
    }

    private static func box(_ value: JSONValue) throws(FeatureAPIError) -> RegionQuery.Shape {
        guard let numbers = value.numbers, numbers.count == 4 else {
            throw FeatureAPIError(
                .invalidOption, "The option \"box\" takes four numbers of pixels of the first image, [x0, y0, x1, y1].")
        }
        guard numbers[0] < numbers[2], numbers[1] < numbers[3] else {
            throw FeatureAPIError(
                .invalidOption, "The \"box\" is empty: x1 has to be above x0, and y1 above y0.")
        }
        return .box(x0: numbers[0], y0: numbers[1], x1: numbers[2], y1: numbers[3])
    }
}
