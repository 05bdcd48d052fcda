// Vector vocabulary for one instruction set. The including file defines LANES (floats in a register), and ROUNDED where products
// round their operands, so that what lies between two of them need not be more exact.

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifndef ROUNDED
#define ROUNDED 0
#endif

typedef float vf __attribute__((vector_size(LANES * 4)));
typedef int32_t vi __attribute__((vector_size(LANES * 4)));
typedef uint32_t vu __attribute__((vector_size(LANES * 4)));
typedef float vfu __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE vf load(const float *p) { return *(const vfu *)p; }
INLINE void store(float *p, vf x) { *(vfu *)p = x; }
// x - 0 is x for every x and costs nothing; 0 + x would stay an addition, because it turns -0 into 0.
INLINE vf splat(float x) { return x - (vf){}; }
#if FUSED
INLINE vf fma(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }
#else
INLINE vf fma(vf a, vf b, vf c) { return a * b + c; } // without the instruction, a fused product is a library call a lane
#endif
INLINE vf choose(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }
INLINE vf vmax(vf a, vf b) { return choose(a > b, a, b); }
INLINE vf vmin(vf a, vf b) { return choose(a < b, a, b); }

#if LANES == 16
#define ZIP(first) first, 16 + first, first + 1, 17 + first, first + 2, 18 + first, first + 3, 19 + first, \
    first + 4, 20 + first, first + 5, 21 + first, first + 6, 22 + first, first + 7, 23 + first
#elif LANES == 8
#define ZIP(first) first, 8 + first, first + 1, 9 + first, first + 2, 10 + first, first + 3, 11 + first
#else
#define ZIP(first) first, 4 + first, first + 1, 5 + first
#endif

/// Transposes LANES × LANES words by log₂ LANES perfect shuffles.
INLINE void transpose(vf block[LANES]) {
    for (int stage = 1; stage < LANES; stage *= 2) {
        vf mixed[LANES];
        for (int i = 0; i < LANES / 2; i++) {
            mixed[2 * i] = __builtin_shufflevector(block[i], block[i + LANES / 2], ZIP(0));
            mixed[2 * i + 1] = __builtin_shufflevector(block[i], block[i + LANES / 2], ZIP(LANES / 2));
        }
        for (int i = 0; i < LANES; i++) block[i] = mixed[i];
    }
}

/// The register turned by half, a quarter and so on of its lanes; what is folded with it halves.
#if LANES == 16
#define TURN(x, by) __builtin_shufflevector(x, x, (by) % 16, (1 + (by)) % 16, (2 + (by)) % 16, (3 + (by)) % 16, \
    (4 + (by)) % 16, (5 + (by)) % 16, (6 + (by)) % 16, (7 + (by)) % 16, (8 + (by)) % 16, (9 + (by)) % 16, (10 + (by)) % 16, \
    (11 + (by)) % 16, (12 + (by)) % 16, (13 + (by)) % 16, (14 + (by)) % 16, (15 + (by)) % 16)
#elif LANES == 8
#define TURN(x, by) __builtin_shufflevector(x, x, (by) % 8, (1 + (by)) % 8, (2 + (by)) % 8, (3 + (by)) % 8, \
    (4 + (by)) % 8, (5 + (by)) % 8, (6 + (by)) % 8, (7 + (by)) % 8)
#else
#define TURN(x, by) __builtin_shufflevector(x, x, (by) % 4, (1 + (by)) % 4, (2 + (by)) % 4, (3 + (by)) % 4)
#endif

/// The sum of the lanes, by halves.
INLINE float sum(vf x) {
#if LANES >= 16
    x += TURN(x, 8);
#endif
#if LANES >= 8
    x += TURN(x, 4);
#endif
    x += TURN(x, 2);
    x += TURN(x, 1);
    return x[0];
}

INLINE float largest(vf x) {
#if LANES >= 16
    x = vmax(TURN(x, 8), x);
#endif
#if LANES >= 8
    x = vmax(TURN(x, 4), x);
#endif
    x = vmax(TURN(x, 2), x);
    x = vmax(TURN(x, 1), x);
    return x[0];
}

#if LANES == 16
INLINE __mmask16 lanes(size_t count) { return count < LANES ? (__mmask16)((1u << count) - 1) : (__mmask16)0xFFFF; }

/// The chosen floats, the rest zero.
INLINE vf load_some(const float *p, __mmask16 chosen) { return (vf)_mm512_maskz_loadu_ps(chosen, p); }

/// Loads the first `count` floats, the rest zero.
INLINE vf load_part(const float *p, size_t count) { return load_some(p, lanes(count)); }

INLINE void store_part(float *p, vf x, size_t count) { _mm512_mask_storeu_ps(p, lanes(count), (__m512)x); }

/// The first `count` lanes, the rest zero.
INLINE vf first_lanes(vf x, size_t count) { return (vf)_mm512_maskz_mov_ps(lanes(count), (__m512)x); }
#else
/// Loads the first `count` floats, the rest zero.
INLINE vf load_part(const float *p, size_t count) {
    if (count == LANES) return load(p); // a copy of any other size is a call
    vf x = {};
    memcpy(&x, p, count * sizeof(float));
    return x;
}

INLINE void store_part(float *p, vf x, size_t count) {
    if (count == LANES) store(p, x);
    else memcpy(p, &x, count * sizeof(float));
}

/// The first `count` lanes, the rest zero.
INLINE vf first_lanes(vf x, size_t count) { return load_part((const float *)&x, count); }
#endif
