// Products of 8 bits, on AVX-512 with VNNI.
#include "CKernels.h"
#include "tables.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512vnni,avx512f,avx512dq,avx512bw,avx512vl,fma,avx2"))), apply_to = function)
#define FUSED 1
#define LANES 16
#define ROUNDED 1
#define TILE_ROWS 14
#define VPDPBUSD "vpdpbusd"
#include "vector.inc.h"
#include "functions.inc.h"
#include "gemm_int8.inc.h"

_Static_assert(DK_INT8_LONGEST <= LONGEST_WORDS * WORD, "a row of A has to fit the rounded block");

const dk_int8_kernels dk_int8_avx512 = {pack_rows, gemm};
#pragma clang attribute pop
#endif
