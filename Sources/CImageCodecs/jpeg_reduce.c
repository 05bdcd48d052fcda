#include "jpeg.h"
#include "resample.h"

#include <string.h>

/// The input coordinates that any weight reaches.
typedef struct {
    size_t first, end;
} Reach;

static Reach reachOf(CICResampleWeights weights) {
    const size_t last = weights.outputs - 1;
    return (Reach){(size_t)weights.firsts[0], (size_t)weights.firsts[last] + (size_t)weights.counts[last]};
}

/// The same weights for an input that begins at a later coordinate.
static CICResampleWeights startingAt(CICDecoder *decoder, CICResampleWeights weights, size_t origin) {
    int32_t *firsts = CICDecoderAllocate(decoder, weights.outputs * sizeof *firsts);
    for (size_t i = 0; i < weights.outputs; i++) firsts[i] = weights.firsts[i] - (int32_t)origin;
    weights.firsts = firsts;
    return weights;
}

/// Leaves the columns that no weight reaches undecoded, where that cannot change others: a border's samples depend on up
/// to two columns beyond it, and in several scans libjpeg may smooth blocks by their neighbours.
///
/// Returns the first column that is decoded.
static size_t cropColumns(CICDecoder *decoder, Reach columns) {
    enum { margin = 4 };
    j_decompress_ptr library = &decoder->library;
    const size_t end = columns.end + margin < library->output_width ? columns.end + margin : library->output_width;
    JDIMENSION x = columns.first > margin ? (JDIMENSION)columns.first - margin : 0;
    JDIMENSION width = (JDIMENSION)end - x;
    if (width == library->output_width || jpeg_has_multiple_scans(library)) return 0;
    jpeg_crop_scanline(library, &x, &width);
    return x;
}

/// Reads rows that no weight reaches: damage in them counts all the same.
static void passRows(CICDecoder *decoder, size_t end, uint8_t *row) {
    while (decoder->library.output_scanline < end) CICDecoderReadRow(decoder, row);
}

static void reduceColumnsFirst(
    CICDecoder *decoder, CICResampleWeights columns, CICResampleWeights rows, Reach reach, uint8_t *output) {
    enum { stripRows = 8 };
    const size_t width = decoder->library.output_width, rowBytes = width * 3, betweenBytes = columns.outputs * 3;
    uint8_t *strip = CICDecoderAllocate(decoder, stripRows * rowBytes + resampleOverrun);
    uint8_t *between = CICDecoderAllocate(decoder, (reach.end - reach.first) * betweenBytes);
    passRows(decoder, reach.first, strip);
    for (size_t y = reach.first; y < reach.end; y += stripRows) {
        const size_t count = reach.end - y < stripRows ? reach.end - y : stripRows;
        for (size_t i = 0; i < count; i++) CICDecoderReadRow(decoder, strip + i * rowBytes);
        CICResampleStrip(strip, width, count, columns, between + (y - reach.first) * betweenBytes);
    }
    passRows(decoder, decoder->library.output_height, strip);
    CICResampleVertically(between, betweenBytes, startingAt(decoder, rows, reach.first), output);
}

static void reduceRowsFirst(
    CICDecoder *decoder, CICResampleWeights columns, CICResampleWeights rows, Reach reach, uint8_t *output) {
    // Of each decoded row only what the columns reach is kept: a row may be a thousand times as long.
    const Reach across = reachOf(columns);
    const size_t width = across.end - across.first, rowBytes = width * 3;
    uint8_t *row = CICDecoderAllocate(decoder, (size_t)decoder->library.output_width * 3);
    // Twice the rows of one output, so that those still needed are moved to the front once in that many rows.
    const size_t needed = reach.end - reach.first;
    const size_t capacity = 2 * rows.stride < needed ? 2 * rows.stride : needed;
    uint8_t *window = CICDecoderAllocate(decoder, capacity * rowBytes);
    uint8_t *between = CICDecoderAllocate(decoder, rows.outputs * rowBytes + resampleOverrun);
    passRows(decoder, reach.first, row);
    size_t begin = reach.first;
    for (size_t y = 0; y < rows.outputs; y++) {
        const size_t first = (size_t)rows.firsts[y], end = first + (size_t)rows.counts[y];
        size_t read = decoder->library.output_scanline;
        if (end - begin > capacity) {
            passRows(decoder, first, row);
            if (read > first) memmove(window, window + (first - begin) * rowBytes, (read - first) * rowBytes);
            begin = first;
        }
        for (; (read = decoder->library.output_scanline) < end;) {
            CICDecoderReadRow(decoder, row);
            memcpy(window + (read - begin) * rowBytes, row + across.first * 3, rowBytes);
        }
        const int32_t top = (int32_t)(first - begin);
        const CICResampleWeights one = {&top, rows.counts + y, rows.weights + y * rows.stride, rows.stride, 1};
        CICResampleVertically(window, rowBytes, one, between + y * rowBytes);
    }
    passRows(decoder, decoder->library.output_height, row);
    CICResampleStrip(between, width, rows.outputs, startingAt(decoder, columns, across.first), output);
}

typedef struct {
    CICJPEGLimits limits;
    CICReduction reduction;
    uint8_t *rgb;
} Reducing;

static void reduce(CICDecoder *decoder, void *context) {
    const Reducing *reducing = context;
    const CICReduction *reduction = &reducing->reduction;
    CICDecoderReadHeader(decoder, reducing->limits, reduction->width, reduction->height);
    decoder->library.scale_num = 1;
    decoder->library.scale_denom = reduction->denominator;
    CICDecoderStart(decoder);
    const Reach reach = reachOf(reduction->rows);
    if (reachOf(reduction->columns).end > decoder->library.output_width || reach.end > decoder->library.output_height)
        CICDecoderFail(decoder, CICStatusDamaged, "the decoded picture is smaller than its header says");
    const size_t origin = cropColumns(decoder, reachOf(reduction->columns));
    const CICResampleWeights columns = startingAt(decoder, reduction->columns, origin);
    (reduction->rowsFirst ? reduceRowsFirst : reduceColumnsFirst)(
        decoder, columns, reduction->rows, reach, reducing->rgb);
    CICDecoderFinish(decoder);
}

CICStatus CICJPEGReduce(
    const uint8_t *bytes, size_t count, CICJPEGLimits limits, CICReduction reduction, uint8_t *rgb,
    CICMessage *message) {
    Reducing reducing = {limits, reduction, rgb};
    return CICDecoderRun(bytes, count, message, reduce, &reducing);
}
