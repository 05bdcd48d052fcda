#include "message.h"

#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

#include <png.h>

/// The bytes still to be read and what went wrong while reading them.
typedef struct {
    const uint8_t *bytes;
    size_t count;
    bool damaged;
    CICMessage *message;
} Reader;

static void onRead(png_structp png, png_bytep target, size_t count) {
    Reader *reader = png_get_io_ptr(png);
    if (count > reader->count) png_error(png, "the file ends too early");
    memcpy(target, reader->bytes, count);
    reader->bytes += count;
    reader->count -= count;
}

static _Noreturn void onError(png_structp png, png_const_charp text) {
    Reader *reader = png_get_error_ptr(png);
    CICSetMessage(reader->message, text);
    png_longjmp(png, 1);
}

/// libpng only warns of a wrong checksum behind the last row; everything else it warns of leaves the pixels alone.
static void onWarning(png_structp png, png_const_charp text) {
    Reader *reader = png_get_error_ptr(png);
    if (strstr(text, "incorrect data check") == NULL) return;
    CICSetMessage(reader->message, text);
    reader->damaged = true;
}

/// How the bytes of a decoded row become RGB.
typedef enum { RowIsRGB, RowIsGray, RowIsGray16, RowIsPalette } RowLayout;

/// Asks libpng for at most three bytes a pixel: alpha dropped without compositing, 16-bit colour cut to its high byte,
/// as Pillow does. Transparency chunks, gamma and profiles stay untouched because nothing asks for them.
static RowLayout configure(png_structp png, png_infop info) {
    const int color = png_get_color_type(png, info);
    const bool wide = png_get_bit_depth(png, info) == 16;
    if (color & PNG_COLOR_MASK_ALPHA) png_set_strip_alpha(png);
    if (wide && color != PNG_COLOR_TYPE_GRAY) png_set_strip_16(png);
    if (color == PNG_COLOR_TYPE_PALETTE) {
        png_set_packing(png);
        return RowIsPalette;
    }
    if (color & PNG_COLOR_MASK_COLOR) return RowIsRGB;
    if (wide && color == PNG_COLOR_TYPE_GRAY) return RowIsGray16;
    if (!wide) png_set_expand_gray_1_2_4_to_8(png);
    return RowIsGray;
}

static void grayToRGB(uint8_t *row, size_t width) {
    for (size_t x = width; x-- > 0;) {
        const uint8_t value = row[x];
        row[3 * x] = row[3 * x + 1] = row[3 * x + 2] = value;
    }
}

static void gray16ToRGB(uint8_t *row, size_t width) {
    for (size_t x = width; x-- > 0;) {
        const uint8_t value = (uint8_t)((row[2 * x] << 8 | row[2 * x + 1]) / 257);
        row[3 * x] = row[3 * x + 1] = row[3 * x + 2] = value;
    }
}

static void paletteToRGB(uint8_t *row, size_t width, const png_color palette[256]) {
    for (size_t x = width; x-- > 0;) {
        const png_color color = palette[row[x]];
        row[3 * x] = color.red;
        row[3 * x + 1] = color.green;
        row[3 * x + 2] = color.blue;
    }
}

/// Copies the file's palette; an index beyond its end is black, as in Pillow.
static void readPalette(png_structp png, png_infop info, png_color palette[256]) {
    png_colorp colors = NULL;
    int count = 0;
    memset(palette, 0, 256 * sizeof *palette);
    if (!png_get_PLTE(png, info, &colors, &count)) png_error(png, "the palette is missing");
    memcpy(palette, colors, (size_t)(count < 256 ? count : 256) * sizeof *palette);
}

/// Widens each row in place from its end, since a decoded row never is wider than its RGB.
static void widenRows(CICPicture picture, RowLayout layout, const png_color palette[256]) {
    if (layout == RowIsRGB) return;
    for (size_t y = 0; y < picture.height; y++) {
        uint8_t *row = picture.rgb + y * picture.width * 3;
        if (layout == RowIsGray) grayToRGB(row, picture.width);
        if (layout == RowIsGray16) gray16ToRGB(row, picture.width);
        if (layout == RowIsPalette) paletteToRGB(row, picture.width, palette);
    }
}

/// Everything between the library's set-up and its end; may leave by longjmp.
static void decode(png_structp png, png_infop info, CICPicture picture) {
    png_read_info(png, info);
    if (png_get_image_width(png, info) != picture.width || png_get_image_height(png, info) != picture.height)
        png_error(png, "the file's two readings of its size differ");
    const RowLayout layout = configure(png, info);
    png_color palette[256];
    if (layout == RowIsPalette) readPalette(png, info, palette);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    if (png_get_rowbytes(png, info) > (size_t)picture.width * 3) png_error(png, "rows are wider than expected");
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < picture.height; y++) png_read_row(png, picture.rgb + y * picture.width * 3, NULL);
    png_read_end(png, NULL);
    widenRows(picture, layout, palette);
}

CICStatus CICPNGDecode(const uint8_t *bytes, size_t count, CICPicture picture, CICMessage *message) {
    Reader reader = {.bytes = bytes, .count = count, .damaged = false, .message = message};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, onError, onWarning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    if (info == NULL) {
        png_destroy_read_struct(&png, NULL, NULL);
        CICSetMessage(message, "libpng could not start");
        return CICStatusLimitExceeded;
    }
    CICStatus status = CICStatusDamaged;
    if (setjmp(png_jmpbuf(png)) == 0) {
        png_set_read_fn(png, &reader, onRead);
        // Nothing in texts, profiles and the like changes a pixel: skip them unread.
        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
        decode(png, info, picture);
        status = reader.damaged ? CICStatusDamaged : CICStatusOK;
    }
    png_destroy_read_struct(&png, &info, NULL);
    return status;
}
