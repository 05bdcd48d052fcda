// Loops that do nothing but keep a processor's multipliers or its memory busy: what they reach is the physical limit.
#ifndef CPEAKS_H
#define CPEAKS_H

#include <stddef.h>
#include <stdint.h>

/// The products of a loop.
typedef enum {
    CPEAKS_FP32, ///< fused multiply-add of float32
    CPEAKS_BF16, ///< AVX512-BF16: pairs of bfloat16, summed in float32
    CPEAKS_INT8, ///< AVX512-VNNI or AVX-VNNI: quadruples of 8 bits, summed in 32
} cpeaks_kind;

/// Multiplies and adds in registers for as many rounds; returns a number that depends on all of it.
float cpeaks_multiply(cpeaks_kind kind, size_t rounds);

/// The operations of cpeaks_multiply, a multiplication and an addition counted as two; 0 where the processor has no such
/// products.
double cpeaks_operations(cpeaks_kind kind, size_t rounds);

/// Reads memory from first to last; returns the sum of its words. `bytes` is a multiple of 512.
uint64_t cpeaks_read(const void *memory, size_t bytes);

#endif
