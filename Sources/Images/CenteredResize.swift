/// How pictures of any size become pictures of one size: resized, then the middle of that.
///
///     let rule = CenteredResize(.shorterSide(256), width: 224, height: 224, filter: .bicubic)
///     let input = try ImageDecoder.decode(bytes, resized: rule)
public struct CenteredResize: Sendable, Equatable {
    /// The size before the middle is taken.
    public enum Target: Sendable, Equatable {
        /// The shorter side gets a length, the other keeps the proportions, as torchvision's `Resize(length)`.
        case shorterSide(Int)
        /// Both sides get a length.
        case exactly(width: Int, height: Int)

        /// The size that a picture of `width` × `height` gets, the longer side rounded down.
        func size(ofWidth width: Int, height: Int) -> (width: Int, height: Int) {
            switch self {
            case .exactly(let newWidth, let newHeight): (newWidth, newHeight)
            case .shorterSide(let length):
                width <= height ? (length, length * height / width) : (length * width / height, length)
            }
        }
    }

    /// The size before the middle is taken.
    public var target: Target
    /// The width and the height of the middle; zeros around it where the resized picture is smaller.
    public var width: Int, height: Int
    /// The filter of the resize.
    public var filter: ResizeFilter

    /// A rule with the given values.
    ///
    /// - Precondition: all lengths are positive.
    public init(_ target: Target, width: Int, height: Int, filter: ResizeFilter) {
        (self.target, self.width, self.height, self.filter) = (target, width, height, filter)
    }

    /// What the rule does to a picture of `width` × `height`.
    func resize(ofWidth width: Int, height: Int) -> Resize {
        let (newWidth, newHeight) = target.size(ofWidth: width, height: height)
        return Resize(
            width: newWidth, height: newHeight, columns: RGBImage.centeredRange(self.width, within: newWidth),
            rows: RGBImage.centeredRange(self.height, within: newHeight), filter: filter)
    }
}

/// A size to which a picture is resized, and the part of it that is computed.
struct Resize {
    /// The size of the whole.
    var width: Int, height: Int
    /// The columns and the rows of it that are computed.
    var columns: Range<Int>, rows: Range<Int>
    /// The kernel.
    var filter: ResizeFilter

    /// Whether a picture of `oldWidth` × `oldHeight` is resampled along y before it is along x.
    ///
    /// Samples are rounded between the passes, so their order shows: Pillow 13 starts with the rows where it loses more
    /// than twice as many of them as columns, earlier versions never.
    func startsWithRows(fromWidth oldWidth: Int, height oldHeight: Int) -> Bool {
        height < oldHeight && oldHeight - height > 2 * (oldWidth - width)
    }
}

extension RGBImage {
    /// The middle of the resized picture, without computing the rest.
    ///
    /// Memory: the middle, and its width times the rows of the original that it covers.
    public func resized(_ rule: CenteredResize) -> RGBImage {
        resized(rule.resize(ofWidth: width, height: height)).centerCropped(width: rule.width, height: rule.height)
    }

    /// The part of a side that a centred crop keeps: all of it where the crop is longer.
    static func centeredRange(_ part: Int, within whole: Int) -> Range<Int> {
        guard part < whole else { return 0..<whole }
        let start = centeredStart(part, within: whole)
        return start..<start + part
    }
}
