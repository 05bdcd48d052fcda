extension RGBImage {
    /// The picture with its shorter side at a length and the other `int(length * longer / shorter)`, as torchvision's
    /// `Resize(shorterSide)` on a Pillow image.
    ///
    /// The longer side grows with the aspect ratio: for pictures from outside, whose ratio nobody bounds, use
    /// ``resized(shorterSide:croppedToWidth:height:filter:)``.
    public func resized(shorterSide: Int, filter: ResizeFilter) -> RGBImage {
        let (newWidth, newHeight) = CenteredResize.Target.shorterSide(shorterSide).size(ofWidth: width, height: height)
        return resized(width: newWidth, height: newHeight, filter: filter)
    }

    /// The middle of ``resized(shorterSide:filter:)``, the same pixels without computing the others.
    ///
    /// Memory: the crop, and the crop's width times the rows of the original that it covers.
    public func resized(
        shorterSide: Int, croppedToWidth cropWidth: Int, height cropHeight: Int, filter: ResizeFilter
    ) -> RGBImage {
        resized(CenteredResize(.shorterSide(shorterSide), width: cropWidth, height: cropHeight, filter: filter))
    }
}
