/// A part of the query image that hits are to resemble, and how far to look for them.
///
/// Coordinates are pixels of the upright image: x to the right, y down, the pixel (i, j) spans i..<i+1 and j..<j+1.
package struct RegionQuery: Sendable, Equatable {
    /// Where the part lies.
    package enum Shape: Sendable, Equatable {
        /// Everything from (x0, y0) up to (x1, y1).
        case box(x0: Double, y0: Double, x1: Double, y1: Double)
        /// The patches that these points lie in.
        case points([Point])
    }

    /// A place in the image.
    package struct Point: Sendable, Equatable {
        package var x: Double, y: Double

        package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }

    /// The part.
    package var shape: Shape
    /// Images that are compared patch by patch: those nearest by CLS feature.
    package var shortlist: Int

    /// A part and the default length of the shortlist.
    package init(_ shape: Shape, shortlist: Int = RegionQuery.defaultShortlist) {
        (self.shape, self.shortlist) = (shape, shortlist)
    }

    package static let defaultShortlist = 200
    package static let longestShortlist = 1000
    package static let mostPoints = 64
}

extension RegionQuery {
    /// The region in `{"box": [x0, y0, x1, y1]}` or `{"points": [[x, y], …]}`, either with a `"shortlist"`.
    ///
    /// - Throws: ``FeatureAPIError`` that names the member at fault. Whether it lies in the image is told later, by
    ///   ``PatchGrid/patches(in:)``.
    package init(json value: JSONValue) throws(FeatureAPIError) {
        guard case .object(let members) = value else {
            throw Self.fault(
                "takes an object, {\"box\": [x0, y0, x1, y1]} or {\"points\": [[x, y]]}, not \(value.kind)")
        }
        var shape: Shape?
        var shortlist = Self.defaultShortlist
        for (name, value) in members {
            switch name {
            case "box", "points":
                guard shape == nil else { throw Self.fault("takes a \"box\" or \"points\", not both") }
                shape = try name == "box" ? Self.box(value) : Self.points(value)
            case "shortlist":
                guard let length = value.integer, (1...Self.longestShortlist).contains(length) else {
                    throw Self.fault("takes a \"shortlist\" of 1 to \(Self.longestShortlist) images")
                }
                shortlist = length
            default:
                throw FeatureAPIError(
                    .unknownOption, "\"region\" has \"box\", \"points\" and \"shortlist\", and no member \"\(name)\".")
            }
        }
        guard let shape else { throw Self.fault("needs a \"box\" or \"points\"") }
        self.init(shape, shortlist: shortlist)
    }

    private static func box(_ value: JSONValue) throws(FeatureAPIError) -> Shape {
        guard let numbers = value.numbers, numbers.count == 4 else {
            throw fault("takes a \"box\" of four numbers of pixels, [x0, y0, x1, y1]")
        }
        guard numbers[0] < numbers[2], numbers[1] < numbers[3] else {
            throw fault("has an empty \"box\": x1 has to be above x0, and y1 above y0")
        }
        return .box(x0: numbers[0], y0: numbers[1], x1: numbers[2], y1: numbers[3])
    }

    private static func points(_ value: JSONValue) throws(FeatureAPIError) -> Shape {
        guard case .array(let elements) = value, (1...mostPoints).contains(elements.count) else {
            throw fault("takes 1 to \(mostPoints) \"points\", each [x, y] in pixels")
        }
        var points = [Point]()
        for element in elements {
            guard let numbers = element.numbers, numbers.count == 2 else {
                throw fault("takes \"points\" of two numbers of pixels, [x, y]")
            }
            points.append(Point(x: numbers[0], y: numbers[1]))
        }
        return .points(points)
    }

    private static func fault(_ sentence: String) -> FeatureAPIError {
        FeatureAPIError(.invalidOption, "The member \"region\" \(sentence).")
    }
}
