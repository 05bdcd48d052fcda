// The scan of quantised rows on AVX-512, which has the product of bytes as an instruction only in some processors.
#include "CKernels.h"
#include "tables.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512vnni,avx512f,avx512dq,avx512bw,avx512vl,fma,avx2"))), apply_to = function)
#define FUSED 1
#define LANES 16
#define VNNI 1
#include "vector.inc.h"
#include "scan.inc.h"
#pragma clang attribute pop

void dk_scan_avx512(dk_codes codes, size_t first, size_t last, const uint16_t *masks, const dk_query *queries,
                    size_t count, dk_hit *hits, size_t *counts) {
    if (__builtin_cpu_supports("avx512vnni")) scan(codes, first, last, masks, queries, count, hits, counts);
    else dk_avx2.scan(codes, first, last, masks, queries, count, hits, counts);
}
#endif
