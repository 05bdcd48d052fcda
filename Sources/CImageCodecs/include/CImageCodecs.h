// libjpeg, libpng and libwebp behind functions that decode bytes in memory into 8-bit RGB and encode them, and the
// loops over pixels of Pillow's resampling, colour and blur.
//
// Every function returns normally whatever its input: the libraries' longjmp begins and ends inside one C function.
// None keeps a pointer after it returns, none has global state, all may run on several threads at once.

#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

/// How a decoder call ended.
typedef enum {
    /// The whole picture was decoded.
    CICStatusOK = 0,
    /// The data contradict themselves or end too early.
    CICStatusDamaged = 1,
    /// A valid variant of the format that the library does not decode.
    CICStatusUnsupported = 2,
    /// The data ask for more scans or memory than the limits allow.
    CICStatusLimitExceeded = 3,
} CICStatus;

/// The library's own words about a failure, zero-terminated.
typedef struct {
    char text[200];
} CICMessage;

/// Where a decoder puts its picture: `height` rows of `width` pixels of three bytes, without padding.
typedef struct {
    uint8_t *_Nonnull rgb;
    uint32_t width;
    uint32_t height;
} CICPicture;

/// What a JPEG may ask for.
typedef struct {
    int32_t maximumScans;
    int64_t maximumBytes;
} CICJPEGLimits;

/// Reads width and height up to the first scan; allocates nothing that depends on them.
CICStatus CICJPEGReadSize(
    const uint8_t *_Nonnull bytes, size_t count, uint32_t *_Nonnull width, uint32_t *_Nonnull height,
    CICMessage *_Nonnull message);

/// Decodes a JPEG whose header says `picture.width` by `picture.height`.
CICStatus CICJPEGDecode(
    const uint8_t *_Nonnull bytes, size_t count, CICJPEGLimits limits, CICPicture picture,
    CICMessage *_Nonnull message);

/// Decodes a PNG, or the default image of an animated one, whose header says `picture.width` by `picture.height`.
CICStatus CICPNGDecode(
    const uint8_t *_Nonnull bytes, size_t count, CICPicture picture, CICMessage *_Nonnull message);

/// Reads the canvas of a WebP from its header.
CICStatus CICWebPReadSize(
    const uint8_t *_Nonnull bytes, size_t count, uint32_t *_Nonnull width, uint32_t *_Nonnull height,
    CICMessage *_Nonnull message);

/// Decodes a WebP, or the first frame of an animated one, whose canvas is `picture.width` by `picture.height`.
CICStatus CICWebPDecode(
    const uint8_t *_Nonnull bytes, size_t count, CICPicture picture, CICMessage *_Nonnull message);

/// A picture to be written: `height` rows of `width` pixels of `channels` bytes, without padding.
typedef struct {
    const uint8_t *_Nonnull samples;
    uint32_t width;
    uint32_t height;
    /// 1 for grey, 3 for RGB; 4 for RGB and opacity, in a PNG only.
    int32_t channels;
} CICSamples;

/// A file in memory, to be given to `CICBytesFree`.
typedef struct {
    uint8_t *_Nullable start;
    size_t count;
} CICBytes;

/// Writes a baseline JPEG with optimal Huffman tables and 4:2:0 colour; `quality` is 1 to 100 on libjpeg's scale.
CICStatus CICJPEGEncode(
    CICSamples picture, int32_t quality, CICBytes *_Nonnull bytes, CICMessage *_Nonnull message);

/// Writes a PNG of 8 bits a sample.
CICStatus CICPNGEncode(CICSamples picture, CICBytes *_Nonnull bytes, CICMessage *_Nonnull message);

/// Gives back what an encoder allocated.
void CICBytesFree(CICBytes bytes);

/// The weights of one output coordinate after another: `firsts[i]` is the first input coordinate, `counts[i]` how many
/// there are, and `weights[i * stride]` the first of their weights in fixed point with 22 fractional bits.
///
/// `stride` is a multiple of 4, weights behind the last of a coordinate are 0, and none is 16 or more.
typedef struct {
    const int32_t *_Nonnull firsts;
    const int32_t *_Nonnull counts;
    const int32_t *_Nonnull weights;
    size_t stride;
    size_t outputs;
} CICResampleWeights;

/// Resamples `rows` rows of RGB pixels along x: `input` has `inputWidth` pixels a row, `output` has `weights.outputs`.
void CICResampleHorizontally(
    const uint8_t *_Nonnull input, size_t inputWidth, size_t rows, CICResampleWeights weights,
    uint8_t *_Nonnull output);

/// Resamples rows of `rowBytes` bytes along y: `firsts` counts rows of `input`, `output` gets `weights.outputs` rows.
void CICResampleVertically(
    const uint8_t *_Nonnull input, size_t rowBytes, CICResampleWeights weights, uint8_t *_Nonnull output);

/// A JPEG's way to a small picture: decoded at a fraction of its size, resampled along both axes as stored.
typedef struct {
    /// The size that the header says.
    uint32_t width, height;
    /// 1, or 2, 4 or 8 for libjpeg's scaled decoding; the weights are those of the decoded picture, whose sides are
    /// divided by this and rounded up.
    uint32_t denominator;
    /// The weights along x and along y; both `firsts` and the last input coordinates never decrease.
    CICResampleWeights columns, rows;
    /// Whether rows are resampled before columns; samples are rounded in between.
    int32_t rowsFirst;
} CICReduction;

/// Decodes a JPEG and resamples it, `rows.outputs` rows of `columns.outputs` pixels, a few decoded rows at a time and
/// without the columns that no weight reaches; the whole file is read, and refused as by `CICJPEGDecode`.
CICStatus CICJPEGReduce(
    const uint8_t *_Nonnull bytes, size_t count, CICJPEGLimits limits, CICReduction reduction, uint8_t *_Nonnull rgb,
    CICMessage *_Nonnull message);

/// `CICResampleHorizontally` for any processor.
void CICResampleHorizontallyPortable(
    const uint8_t *_Nonnull input, size_t inputWidth, size_t rows, CICResampleWeights weights,
    uint8_t *_Nonnull output);

/// `CICResampleVertically` for any processor.
void CICResampleVerticallyPortable(
    const uint8_t *_Nonnull input, size_t rowBytes, CICResampleWeights weights, uint8_t *_Nonnull output);

/// The sum of the rounded luma of RGB pixels, as `convert("L")` gives it.
uint64_t CICLumaSum(const uint8_t *_Nonnull rgb, size_t pixels);

/// Replaces each sample by `luma + factor * (sample - luma)`, cut off to a byte: `ImageEnhance.Color`, and grey for 0.
void CICBlendWithLuma(uint8_t *_Nonnull rgb, size_t pixels, float factor);

/// Adds to the hue of each pixel, in 255ths of a turn modulo 256, through Pillow's 8-bit HSV.
void CICShiftHue(uint8_t *_Nonnull rgb, size_t pixels, uint8_t shift);

/// The weights of a box's inner samples and of the two just outside, with 24 fractional bits; together at most one.
typedef struct {
    uint32_t middle;
    uint32_t outer;
} CICBoxWeights;

/// The average of `2 * radius + 3` rows of `count` bytes, the first and the last of them with the outer weight.
void CICBoxRow(
    const uint8_t *_Nonnull const *_Nonnull taps, size_t radius, size_t count, CICBoxWeights weights,
    uint8_t *_Nonnull output);

#endif
