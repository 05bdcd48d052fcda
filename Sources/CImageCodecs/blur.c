#include "CImageCodecs.h"
#include "targets.h"

/// One output row: the sum of the middle rows and the two outer ones, each with its weight of 24 fractional bits.
CIC_BODY void CICBoxRowBody(
    const uint8_t *const *taps, size_t radius, size_t count, CICBoxWeights weights, uint8_t *output) {
    enum { block = 128 };
    const uint8_t *first = taps[0], *last = taps[2 * radius + 2];
    for (size_t start = 0; start < count; start += block) {
        const size_t end = count - start < block ? count : start + block;
        uint32_t sums[block];
        for (size_t i = start; i < end; i++) sums[i - start] = taps[1][i];
        for (size_t tap = 2; tap < 2 * radius + 2; tap++)
            for (size_t i = start; i < end; i++) sums[i - start] += taps[tap][i];
        for (size_t i = start; i < end; i++) {
            const uint32_t outer = (uint32_t)first[i] + last[i];
            output[i] = (uint8_t)((sums[i - start] * weights.middle + outer * weights.outer + (1 << 23)) >> 24);
        }
    }
}

CIC_FOR_PROCESSOR(
    CICBoxRow,
    (const uint8_t *const *taps, size_t radius, size_t count, CICBoxWeights weights, uint8_t *output),
    (taps, radius, count, weights, output))
