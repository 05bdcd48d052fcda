#include "resample.h"

void CICResampleHorizontallyPortable(
    const uint8_t *input, size_t inputWidth, size_t rows, CICResampleWeights weights, uint8_t *output) {
    for (size_t y = 0; y < rows; y++, input += inputWidth * 3)
        for (size_t x = 0; x < weights.outputs; x++, output += 3) {
            const uint8_t *pixel = input + (size_t)weights.firsts[x] * 3;
            const int32_t *weight = weights.weights + x * weights.stride;
            int32_t red = half, green = half, blue = half;
            for (int32_t i = 0; i < weights.counts[x]; i++, pixel += 3) {
                red += pixel[0] * weight[i];
                green += pixel[1] * weight[i];
                blue += pixel[2] * weight[i];
            }
            output[0] = clip(red);
            output[1] = clip(green);
            output[2] = clip(blue);
        }
}

void CICResampleVerticallyPortable(
    const uint8_t *input, size_t rowBytes, CICResampleWeights weights, uint8_t *output) {
    enum { block = 64 };
    for (size_t y = 0; y < weights.outputs; y++, output += rowBytes) {
        const int32_t *weight = weights.weights + y * weights.stride;
        const uint8_t *column = input + (size_t)weights.firsts[y] * rowBytes;
        for (size_t start = 0; start < rowBytes; start += block) {
            const size_t count = rowBytes - start < block ? rowBytes - start : block;
            int32_t sums[block];
            for (size_t x = 0; x < count; x++) sums[x] = half;
            const uint8_t *row = column + start;
            for (int32_t i = 0; i < weights.counts[y]; i++, row += rowBytes)
                for (size_t x = 0; x < count; x++) sums[x] += row[x] * weight[i];
            for (size_t x = 0; x < count; x++) output[start + x] = clip(sums[x]);
        }
    }
}

/// Resamples rows, of which so many of the last are too near to the end of the memory to be read 16 bytes at a time.
static void resampleRows(
    const uint8_t *input, size_t inputWidth, size_t rows, size_t rowsAtEnd, CICResampleWeights weights,
    uint8_t *output) {
    size_t done = 0;
#if defined(__x86_64__)
    if (rows > rowsAtEnd && __builtin_cpu_supports("avx2"))
        done = CICResampleHorizontallyAVX2(input, inputWidth, rows - rowsAtEnd, weights, output);
#endif
    CICResampleHorizontallyPortable(
        input + done * inputWidth * 3, inputWidth, rows - done, weights, output + done * weights.outputs * 3);
}

void CICResampleHorizontally(
    const uint8_t *input, size_t inputWidth, size_t rows, CICResampleWeights weights, uint8_t *output) {
    resampleRows(input, inputWidth, rows, (resampleOverrun + inputWidth * 3 - 1) / (inputWidth * 3), weights, output);
}

void CICResampleStrip(
    const uint8_t *input, size_t inputWidth, size_t rows, CICResampleWeights weights, uint8_t *output) {
    resampleRows(input, inputWidth, rows, 0, weights, output);
}

void CICResampleVertically(const uint8_t *input, size_t rowBytes, CICResampleWeights weights, uint8_t *output) {
#if defined(__x86_64__)
    if (rowBytes >= 16 && __builtin_cpu_supports("avx2")) {
        CICResampleVerticallyAVX2(input, rowBytes, weights, output);
        return;
    }
#endif
    CICResampleVerticallyPortable(input, rowBytes, weights, output);
}
