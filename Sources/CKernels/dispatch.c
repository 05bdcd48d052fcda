// The choice of an instruction set at run time.
#include "tables.h"

#include <string.h>

static bool runs(const dk_kernels *kernels) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (kernels == &dk_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    if (kernels == &dk_avx512bf16) return __builtin_cpu_supports("avx512bf16") && runs(&dk_avx512);
    if (kernels == &dk_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return true;
}

static const dk_kernels *const fastest_first[] = {
#if defined(__x86_64__)
    &dk_avx512, &dk_avx2,
#endif
    &dk_portable,
};

const dk_kernels *dk_kernels_bf16(void) {
#if defined(__x86_64__)
    if (runs(&dk_avx512bf16)) return &dk_avx512bf16;
#endif
    return NULL;
}

const dk_int8_kernels *dk_kernels_int8(const dk_kernels *beside) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (beside == &dk_avx2) return __builtin_cpu_supports("avxvnni") ? &dk_int8_avx2 : NULL;
    if (beside == &dk_avx512 || beside == &dk_avx512bf16)
        return __builtin_cpu_supports("avx512vnni") ? &dk_int8_avx512 : NULL;
#endif
    (void)beside;
    return NULL;
}

const dk_kernels *dk_kernels_named(const char *name) {
    for (size_t i = 0; i < sizeof fastest_first / sizeof *fastest_first; i++)
        if (strcmp(fastest_first[i]->name, name) == 0) return runs(fastest_first[i]) ? fastest_first[i] : NULL;
    const dk_kernels *rounding = dk_kernels_bf16();
    return rounding && strcmp(rounding->name, name) == 0 ? rounding : NULL;
}

const dk_kernels *dk_kernels_best(void) {
    for (size_t i = 0; i < sizeof fastest_first / sizeof *fastest_first; i++)
        if (runs(fastest_first[i])) return fastest_first[i];
    return &dk_portable;
}

static size_t padded(const dk_kernels *kernels, size_t n) {
    return (n + kernels->panel - 1) / kernels->panel * kernels->panel;
}

size_t dk_packed_floats(const dk_kernels *kernels, size_t n, size_t k) { return padded(kernels, n) * k; }

size_t dk_packed_floats_int8(const dk_kernels *kernels, size_t n, size_t k) {
    return padded(kernels, n) * ((k + 3) / 4 + 2);
}

size_t dk_attention_backward_scratch(const dk_kernels *kernels, size_t tokens, size_t width) {
    size_t span = padded(kernels, tokens) + kernels->panel;
    return 2 * padded(kernels, tokens) * width + tokens * padded(kernels, width) + 2 * DK_ATTENTION_ROWS * span;
}

size_t dk_attention_scratch(const dk_kernels *kernels, size_t tokens, size_t width) {
    // What rounds keeps whole stripes of words of the weights and of the queries, all else a row of scores.
    size_t scores = padded(kernels, tokens) + kernels->panel;
    size_t words = (tokens / 2 + DK_ATTENTION_STRIPE) + (width / 2 + DK_ATTENTION_STRIPE);
    size_t packed = padded(kernels, tokens) * width + (tokens + 1) * padded(kernels, width);
    return packed + DK_ATTENTION_ROWS * (scores > words ? scores : words);
}
