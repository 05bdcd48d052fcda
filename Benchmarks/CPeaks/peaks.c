#include "CPeaks.h"

// Enough sums that no product waits for the one before it: four or five cycles at two products a cycle.
enum { SUMS = 16 };

#define UNROLLED _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++)

// Each sum starts elsewhere, so that the compiler cannot take two for the same.
#define LOOP(NAME, TARGET, VECTOR, START, STEP, TOTAL)  \
    TARGET static float NAME(size_t rounds) {           \
        VECTOR sums[SUMS];                              \
        UNROLLED sums[i] = START;                       \
        for (size_t round = 0; round < rounds; round++) \
            UNROLLED sums[i] = STEP;                    \
        float total = 0;                                \
        UNROLLED total += TOTAL;                        \
        return total;                                   \
    }

#define READ(NAME, TARGET)                                                                     \
    TARGET static uint64_t NAME(const void *memory, size_t bytes) {                            \
        typedef uint64_t words __attribute__((vector_size(64), aligned(8)));                   \
        const words *from = memory;                                                            \
        words sums[8] = {0};                                                                   \
        for (size_t n = bytes / sizeof(words); n >= 8; n -= 8, from += 8)                      \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++) sums[i] += from[i]; \
        uint64_t total = 0;                                                                    \
        for (int i = 0; i < 8; i++)                                                            \
            for (int j = 0; j < 8; j++) total += sums[i][j];                                   \
        return total;                                                                          \
    }

READ(read_portable, )

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX_VNNI __attribute__((target("avx2,avxvnni")))
#define AVX512 __attribute__((target("avx512f")))
#define BF16 __attribute__((target("avx512f,avx512bf16")))
#define VNNI __attribute__((target("avx512f,avx512vnni")))

LOOP(fp32_avx2, AVX2, __m256, _mm256_set1_ps((float)(i + 1)),
     _mm256_fmadd_ps(sums[i], _mm256_set1_ps(0.5f), _mm256_set1_ps(1.25f)), sums[i][0])
LOOP(fp32_avx512, AVX512, __m512, _mm512_set1_ps((float)(i + 1)),
     _mm512_fmadd_ps(sums[i], _mm512_set1_ps(0.5f), _mm512_set1_ps(1.25f)), sums[i][0])
LOOP(bf16_avx512, BF16, __m512, _mm512_set1_ps((float)(i + 1)),
     _mm512_dpbf16_ps(sums[i], (__m512bh)_mm512_set1_epi32(0x3F803F80), (__m512bh)_mm512_set1_epi32(0x3C003C00)),
     sums[i][0])
LOOP(int8_avx512, VNNI, __m512i, _mm512_set1_epi32(i + 1),
     _mm512_dpbusd_epi32(sums[i], _mm512_set1_epi8(3), _mm512_set1_epi8(5)), (float)sums[i][0])
LOOP(int8_avx2, AVX_VNNI, __m256i, _mm256_set1_epi32(i + 1),
     _mm256_dpbusd_avx_epi32(sums[i], _mm256_set1_epi8(3), _mm256_set1_epi8(5)), (float)_mm256_extract_epi32(sums[i], 0))
READ(read_avx2, AVX2)
READ(read_avx512, AVX512)
#endif

// Four lanes: what SSE2 and NEON have.
typedef float lanes __attribute__((vector_size(16)));
LOOP(fp32_portable, , lanes, (lanes){0} + (float)(i + 1), sums[i] * 0.5f + 1.25f, sums[i][0])

typedef struct {
    float (*loop)(size_t);
    double operations; // of one sum in one round
} multiplier;

static multiplier chosen(cpeaks_kind kind) {
#ifdef __x86_64__
    if (kind == CPEAKS_BF16 && __builtin_cpu_supports("avx512bf16")) return (multiplier){bf16_avx512, 64};
    if (kind == CPEAKS_INT8 && __builtin_cpu_supports("avx512vnni")) return (multiplier){int8_avx512, 128};
    if (kind == CPEAKS_INT8 && __builtin_cpu_supports("avxvnni")) return (multiplier){int8_avx2, 64};
    if (kind == CPEAKS_FP32 && __builtin_cpu_supports("avx512f")) return (multiplier){fp32_avx512, 32};
    if (kind == CPEAKS_FP32 && __builtin_cpu_supports("fma")) return (multiplier){fp32_avx2, 16};
#endif
    return kind == CPEAKS_FP32 ? (multiplier){fp32_portable, 8} : (multiplier){0};
}

float cpeaks_multiply(cpeaks_kind kind, size_t rounds) {
    multiplier chosen_one = chosen(kind);
    return chosen_one.loop ? chosen_one.loop(rounds) : 0;
}

double cpeaks_operations(cpeaks_kind kind, size_t rounds) { return chosen(kind).operations * SUMS * (double)rounds; }

uint64_t cpeaks_read(const void *memory, size_t bytes) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f")) return read_avx512(memory, bytes);
    if (__builtin_cpu_supports("avx2")) return read_avx2(memory, bytes);
#endif
    return read_portable(memory, bytes);
}
