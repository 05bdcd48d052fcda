#include "jpeg.h"

#include <stdlib.h>
#include <string.h>

#include <jerror.h>

static CICDecoder *decoderOf(j_common_ptr library) { return (CICDecoder *)library; }

_Noreturn void CICDecoderFail(CICDecoder *decoder, CICStatus status, const char *text) {
    decoder->status = status;
    CICSetMessage(decoder->message, text);
    longjmp(decoder->failure, 1);
}

static CICStatus statusOfError(int code) {
    switch (code) {
    case JERR_NO_BACKING_STORE:
    case JERR_OUT_OF_MEMORY:
    case JERR_IMAGE_TOO_BIG:
        return CICStatusLimitExceeded;
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
        return CICStatusUnsupported;
    default:
        return CICStatusDamaged;
    }
}

static _Noreturn void onError(j_common_ptr library) {
    char text[JMSG_LENGTH_MAX];
    library->err->format_message(library, text);
    CICDecoderFail(decoderOf(library), statusOfError(library->err->msg_code), text);
}

/// Warnings below zero are about the data. The ones that mean invented pixels count as damage; extra bytes between
/// segments, an unknown Adobe transform or an odd order of scans do not change what a reader sees.
static void onMessage(j_common_ptr library, int level) {
    if (level >= 0) return;
    switch (library->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
        onError(library);
    default:
        return;
    }
}

static void onProgress(j_common_ptr library) {
    CICDecoder *decoder = decoderOf(library);
    if (decoder->library.input_scan_number > decoder->maximumScans)
        CICDecoderFail(decoder, CICStatusLimitExceeded, "more progressive scans than allowed");
}

static void prepare(CICDecoder *decoder, const uint8_t *bytes, size_t count, CICMessage *message) {
    memset(decoder, 0, sizeof *decoder);
    decoder->message = message;
    decoder->library.err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = onError;
    decoder->errors.emit_message = onMessage;
    CICDecoderSetSource(decoder, bytes, count);
    decoder->progress.progress_monitor = onProgress;
}

/// A function of its own, so that nothing it declares changes between setjmp and longjmp: the decoder is its caller's.
static void runUnderSetjmp(CICDecoder *decoder, CICDecoderBody body, void *context) {
    if (setjmp(decoder->failure) == 0) body(decoder, context);
}

CICStatus CICDecoderRun(
    const uint8_t *bytes, size_t count, CICMessage *message, CICDecoderBody body, void *context) {
    CICDecoder decoder;
    prepare(&decoder, bytes, count, message);
    runUnderSetjmp(&decoder, body, context);
    jpeg_destroy_decompress(&decoder.library);
    return decoder.status;
}

static void readHeader(CICDecoder *decoder) {
    jpeg_create_decompress(&decoder->library);
    decoder->library.src = &decoder->source;
    jpeg_read_header(&decoder->library, TRUE);
    if (decoder->ranOut) CICDecoderFail(decoder, CICStatusDamaged, "the file ends inside its header");
}

typedef struct {
    uint32_t width, height;
} Size;

static void readSize(CICDecoder *decoder, void *context) {
    Size *size = context;
    readHeader(decoder);
    *size = (Size){decoder->library.image_width, decoder->library.image_height};
}

CICStatus CICJPEGReadSize(
    const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height, CICMessage *message) {
    Size size = {*width, *height};
    const CICStatus status = CICDecoderRun(bytes, count, message, readSize, &size);
    *width = size.width;
    *height = size.height;
    return status;
}

/// Ink as libjpeg hands it over, 255 meaning none (the Adobe convention, which Pillow assumes for every four-colour
/// JPEG), to RGB in Pillow's fixed point.
static void convertInvertedCMYK(const uint8_t *cmyk, uint8_t *rgb, size_t pixels) {
    for (size_t x = 0; x < pixels; x++, cmyk += 4, rgb += 3) {
        const int light = cmyk[3];
        for (int channel = 0; channel < 3; channel++) {
            const int product = (255 - cmyk[channel]) * light + 128;
            rgb[channel] = (uint8_t)(light - (((product >> 8) + product) >> 8));
        }
    }
}

static void chooseOutput(CICDecoder *decoder) {
    j_decompress_ptr library = &decoder->library;
    // An arithmetic decoder makes pixels of any bytes, cut or mislabelled, without a warning.
    if (library->arith_code) CICDecoderFail(decoder, CICStatusUnsupported, "arithmetic coding is not decoded");
    switch (library->num_components) {
    case 1:
    case 3:
        library->out_color_space = JCS_RGB;
        return;
    case 4:
        library->out_color_space = JCS_CMYK;
        return;
    default:
        CICDecoderFail(decoder, CICStatusUnsupported, "only one, three or four colour components are decoded");
    }
}

void CICDecoderReadHeader(CICDecoder *decoder, CICJPEGLimits limits, uint32_t width, uint32_t height) {
    readHeader(decoder);
    if (decoder->library.image_width != width || decoder->library.image_height != height)
        CICDecoderFail(decoder, CICStatusDamaged, "the file's two readings of its size differ");
    decoder->library.mem->max_memory_to_use = (long)limits.maximumBytes;
    decoder->library.progress = &decoder->progress;
    decoder->maximumScans = limits.maximumScans;
    decoder->remainingBytes = limits.maximumBytes;
    chooseOutput(decoder);
}

void *CICDecoderAllocate(CICDecoder *decoder, size_t count) {
    j_common_ptr library = (j_common_ptr)&decoder->library;
    decoder->remainingBytes -= (int64_t)count;
    if (decoder->remainingBytes < 0) CICDecoderFail(decoder, CICStatusLimitExceeded, "more memory than allowed");
    return library->mem->alloc_large(library, JPOOL_IMAGE, count);
}

void CICDecoderStart(CICDecoder *decoder) {
    jpeg_start_decompress(&decoder->library);
    if (decoder->library.out_color_space == JCS_CMYK)
        decoder->cmykRow = CICDecoderAllocate(decoder, (size_t)decoder->library.output_width * 4);
}

void CICDecoderReadRow(CICDecoder *decoder, uint8_t *row) {
    JSAMPROW target = decoder->cmykRow ? decoder->cmykRow : row;
    jpeg_read_scanlines(&decoder->library, &target, 1);
    if (decoder->cmykRow) convertInvertedCMYK(decoder->cmykRow, row, decoder->library.output_width);
}

void CICDecoderFinish(CICDecoder *decoder) {
    // Later scans refine earlier ones, so without the end marker nobody knows whether some are missing.
    if (decoder->ranOut && jpeg_has_multiple_scans(&decoder->library))
        CICDecoderFail(decoder, CICStatusDamaged, "the file ends before its last scan");
    jpeg_finish_decompress(&decoder->library);
}

typedef struct {
    CICJPEGLimits limits;
    CICPicture picture;
} Decoding;

static void decode(CICDecoder *decoder, void *context) {
    const Decoding *decoding = context;
    const CICPicture picture = decoding->picture;
    CICDecoderReadHeader(decoder, decoding->limits, picture.width, picture.height);
    CICDecoderStart(decoder);
    for (uint32_t y = 0; y < picture.height; y++)
        CICDecoderReadRow(decoder, picture.rgb + (size_t)y * picture.width * 3);
    CICDecoderFinish(decoder);
}

CICStatus CICJPEGDecode(
    const uint8_t *bytes, size_t count, CICJPEGLimits limits, CICPicture picture, CICMessage *message) {
    Decoding decoding = {limits, picture};
    return CICDecoderRun(bytes, count, message, decode, &decoding);
}
