#ifndef CIC_RESAMPLE_H
#define CIC_RESAMPLE_H

#include "CImageCodecs.h"

/// Pillow's fixed point: 32 bits less 8 of the sample and 2 of headroom for weights beyond one.
enum { precisionBits = 32 - 8 - 2, half = 1 << (precisionBits - 1) };

static inline uint8_t clip(int32_t sum) {
    const int32_t value = sum >> precisionBits;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/// Weights come in fours and pixels in 16 bytes, so that a row's last read may reach this many bytes beyond the row.
enum { resampleOverrun = 3 * 3 + 4 };

/// `CICResampleHorizontally` for rows behind which `resampleOverrun` more bytes can be read.
void CICResampleStrip(
    const uint8_t *input, size_t inputWidth, size_t rows, CICResampleWeights weights, uint8_t *output);

#if defined(__x86_64__)
/// Resamples the first rows, as many as make fours, and says how many those were.
size_t CICResampleHorizontallyAVX2(
    const uint8_t *input, size_t inputWidth, size_t rows, CICResampleWeights weights, uint8_t *output);

/// Resamples rows of at least 16 bytes along y.
void CICResampleVerticallyAVX2(
    const uint8_t *input, size_t rowBytes, CICResampleWeights weights, uint8_t *output);
#endif

#endif
