#include "resample.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/// A 22-bit weight does not fit the 16-bit multiply-add, so it is split: `weight == (high << lowBits) + low`. Sums of
/// both halves may wrap; put together they are the sum of products modulo 2^32, which is the sum itself.
enum { lowBits = 11, rowsAtOnce = 4 };

typedef struct {
    __m256i low, high;
} Sums;

AVX2 static inline Sums zeroSums(void) { return (Sums){_mm256_setzero_si256(), _mm256_setzero_si256()}; }

/// Adds pairs of samples times their pairs of weights.
AVX2 static inline void addProducts(Sums *sums, __m256i samples, Sums weights) {
    sums->low = _mm256_add_epi32(sums->low, _mm256_madd_epi16(samples, weights.low));
    sums->high = _mm256_add_epi32(sums->high, _mm256_madd_epi16(samples, weights.high));
}

AVX2 static inline __m256i totals(Sums sums) {
    return _mm256_add_epi32(_mm256_slli_epi32(sums.high, lowBits), sums.low);
}

/// Four weights as 16-bit halves: the first pair throughout the lower lane, the second throughout the upper one.
AVX2 static inline Sums spreadFourWeights(const int32_t *weights) {
    const __m128i four = _mm_loadu_si128((const __m128i *)weights);
    const __m128i low = _mm_and_si128(four, _mm_set1_epi32((1 << lowBits) - 1));
    const __m128i both = _mm_packs_epi32(low, _mm_srai_epi32(four, lowBits));
    const __m256i pairs = _mm256_broadcastsi128_si256(both);
    return (Sums){
        _mm256_permutevar8x32_epi32(pairs, _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1)),
        _mm256_permutevar8x32_epi32(pairs, _mm256_setr_epi32(2, 2, 2, 2, 3, 3, 3, 3))};
}

/// Four pixels as 16-bit samples: red, green and blue of the first pair side by side, then of the second pair.
AVX2 static inline __m256i loadFourPixels(const uint8_t *pixels) {
    const __m256i order = _mm256_setr_epi8(
        0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,
        6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
    const __m256i bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)pixels));
    return _mm256_shuffle_epi8(bytes, order);
}

/// The rounded red, green and blue sums of one pixel, before they are clipped to a byte.
AVX2 static inline __m128i roundedPixel(Sums sums) {
    const __m256i total = totals(sums);
    const __m128i pixel = _mm_add_epi32(_mm256_castsi256_si128(total), _mm256_extracti128_si256(total, 1));
    return _mm_srai_epi32(_mm_add_epi32(pixel, _mm_set1_epi32(half)), precisionBits);
}

/// One output pixel in each of four rows.
AVX2 static inline void resampleFourPixels(
    const uint8_t *input, size_t inputBytes, const int32_t *weights, int32_t count, uint8_t *output,
    size_t outputBytes) {
    Sums sums[rowsAtOnce] = {zeroSums(), zeroSums(), zeroSums(), zeroSums()};
    for (int32_t i = 0; i < count; i += 4, input += 12) {
        const Sums spread = spreadFourWeights(weights + i);
        for (size_t row = 0; row < rowsAtOnce; row++)
            addProducts(&sums[row], loadFourPixels(input + row * inputBytes), spread);
    }
    const __m128i first = _mm_packs_epi32(roundedPixel(sums[0]), roundedPixel(sums[1]));
    const __m128i second = _mm_packs_epi32(roundedPixel(sums[2]), roundedPixel(sums[3]));
    uint8_t pixels[4 * rowsAtOnce];
    _mm_storeu_si128((__m128i *)pixels, _mm_packus_epi16(first, second));
    for (size_t row = 0; row < rowsAtOnce; row++, output += outputBytes)
        for (size_t channel = 0; channel < 3; channel++) output[channel] = pixels[4 * row + channel];
}

AVX2 size_t CICResampleHorizontallyAVX2(
    const uint8_t *input, size_t inputWidth, size_t rows, CICResampleWeights weights, uint8_t *output) {
    const size_t inputBytes = inputWidth * 3, outputBytes = weights.outputs * 3;
    size_t y = 0;
    for (; y + rowsAtOnce <= rows; y += rowsAtOnce)
        for (size_t x = 0; x < weights.outputs; x++)
            resampleFourPixels(
                input + y * inputBytes + (size_t)weights.firsts[x] * 3, inputBytes,
                weights.weights + x * weights.stride, weights.counts[x], output + y * outputBytes + x * 3,
                outputBytes);
    return y;
}

/// Two weights as 16-bit halves, the same pair in every position.
AVX2 static inline Sums spreadTwoWeights(int32_t first, int32_t second) {
    const int32_t mask = (1 << lowBits) - 1;
    const uint32_t low = (uint32_t)(first & mask) | (uint32_t)(second & mask) << 16;
    const uint32_t high = ((uint32_t)(first >> lowBits) & 0xFFFF) | (uint32_t)(second >> lowBits) << 16;
    return (Sums){_mm256_set1_epi32((int32_t)low), _mm256_set1_epi32((int32_t)high)};
}

/// Sixteen bytes of one output row.
AVX2 static inline void resampleSixteenBytes(
    const uint8_t *input, size_t rowBytes, const int32_t *weights, int32_t count, uint8_t *output) {
    Sums left = zeroSums(), right = zeroSums();
    for (int32_t i = 0; i < count; i += 2, input += 2 * rowBytes) {
        const size_t next = i + 1 < count ? rowBytes : 0;
        const Sums spread = spreadTwoWeights(weights[i], i + 1 < count ? weights[i + 1] : 0);
        const __m128i a = _mm_loadu_si128((const __m128i *)input);
        const __m128i b = _mm_loadu_si128((const __m128i *)(input + next));
        addProducts(&left, _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(a, b)), spread);
        addProducts(&right, _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(a, b)), spread);
    }
    const __m256i rounding = _mm256_set1_epi32(half);
    const __m256i first = _mm256_srai_epi32(_mm256_add_epi32(totals(left), rounding), precisionBits);
    const __m256i second = _mm256_srai_epi32(_mm256_add_epi32(totals(right), rounding), precisionBits);
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(first, second), _MM_SHUFFLE(3, 1, 2, 0));
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128((__m128i *)output, bytes);
}

AVX2 void CICResampleVerticallyAVX2(
    const uint8_t *input, size_t rowBytes, CICResampleWeights weights, uint8_t *output) {
    for (size_t y = 0; y < weights.outputs; y++, output += rowBytes) {
        const int32_t *weight = weights.weights + y * weights.stride;
        const uint8_t *top = input + (size_t)weights.firsts[y] * rowBytes;
        for (size_t start = 0; start < rowBytes; start += 16) {
            // The last sixteen bytes overlap the ones before, so that no read leaves the row.
            const size_t x = start + 16 <= rowBytes ? start : rowBytes - 16;
            resampleSixteenBytes(top + x, rowBytes, weight, weights.counts[y], output + x);
        }
    }
}

#endif
