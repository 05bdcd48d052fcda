// The tables the instruction-set files fill.
#ifndef CKERNELS_TABLES_H
#define CKERNELS_TABLES_H

#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h> // here, because its functions must not be within an instruction set's attribute
#endif

enum { GROUP_WORD = 4 * DK_GROUP }; // bytes of one word of a group

extern const dk_kernels dk_portable;
#if defined(__x86_64__)
extern const dk_kernels dk_avx2, dk_avx512, dk_avx512bf16;
extern const dk_int8_kernels dk_int8_avx512, dk_int8_avx2;

void dk_scan_avx512(dk_codes codes, size_t first, size_t last, const uint16_t *masks, const dk_query *queries,
                    size_t count, dk_hit *hits, size_t *counts);
#endif

#endif
