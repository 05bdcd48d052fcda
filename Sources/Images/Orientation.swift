/// How stored rows and columns lie in the upright picture: the values of EXIF tag 0x0112 (CIPA DC-008, 4.6.5.1.6).
///
/// The names say what turns the stored picture upright.
public enum Orientation: Int, Sendable, CaseIterable {
    /// Rows and columns lie as they should.
    case upright = 1
    /// Left and right are exchanged.
    case mirrored = 2
    /// Turn by 180°.
    case rotated180 = 3
    /// Top and bottom are exchanged.
    case flipped = 4
    /// Exchange rows and columns.
    case transposed = 5
    /// Turn by 90° clockwise.
    case rotated90 = 6
    /// Exchange rows and columns along the other diagonal.
    case transversed = 7
    /// Turn by 270° clockwise.
    case rotated270 = 8

    /// Whether stored rows become columns.
    public var exchangesSides: Bool { rawValue >= 5 }

    /// Whether upright x counts stored coordinates from their end.
    var reversesX: Bool { [.mirrored, .rotated180, .rotated90, .transversed].contains(self) }

    /// Whether upright y counts stored coordinates from their end.
    var reversesY: Bool { [.rotated180, .flipped, .transversed, .rotated270].contains(self) }
}
