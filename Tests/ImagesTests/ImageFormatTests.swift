import Images
import Testing

/// Telling formats by content, and saying what else there is.
@Suite struct ImageFormatTests {
    @Test(arguments: OwnFixtures.names)
    func sniffsByContent(name: String) throws {
        let format = try ImageFormat.sniff(OwnFixtures.bytes(name))
        #expect(format == (name.hasSuffix("png") ? .png : name.hasSuffix("jpg") ? .jpeg : .webp))
    }

    @Test(arguments: [
        ("GIF89a\u{1}\0\u{1}\0", "GIF"), ("%PDF-1.7\n", "PDF"), ("BM\u{46}\0\0\0", "BMP"), ("II*\0\u{8}\0\0\0", "TIFF"),
        ("\0\0\0\u{20}ftypavif", "AVIF"), ("\0\0\0\u{18}ftypheic", "HEIC"),
        ("\0\0\0\u{18}ftypmp42", "a video or another ISO media file"),
        ("PK\u{3}\u{4}", "ZIP"), ("<?xml version='1.0'?>\n<svg xmlns=''/>", "SVG"), ("<!DOCTYPE html><p>", "HTML"),
        ("{\"image\": 1}", "JSON"), ("data:image/png;base64,iVBO", "a data URI"), ("hello.jpg", "text"),
        ("\0\0\0\0\0\0", "zeros"), ("\u{1}\u{2}\u{3}", "unknown binary data"), ("RIFF\u{4}\0\0\0WAVE", "RIFF"),
    ])
    func namesWhatItRefuses(content: String, appearance: String) {
        #expect(throws: ImageError.unknownFormat(appearance: appearance)) {
            try ImageDecoder.decode(Array(content.utf8))
        }
    }

    @Test func refusesNothingAsEmpty() {
        #expect(throws: ImageError.empty) { try ImageDecoder.decode([]) }
    }

    @Test func saysWhatToDoNext() {
        let limits = ImageLimits()
        let errors: [ImageError] = [
            .empty, .unknownFormat(appearance: "GIF"), .tooLarge(width: 30_000, height: 30_000, limits: limits),
            .damaged(.jpeg, message: "m"), .unsupported(.png, message: "m"), .tooCostly(.webp, message: "m"),
        ]
        for error in errors { #expect(error.description.contains(/Send|Convert|Scale|Save/)) }
        #expect(errors[1].description.contains("GIF"))
        #expect(errors[2].description.contains("30000×30000"))
    }
}
