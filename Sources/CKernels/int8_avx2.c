// Products of 8 bits, on AVX2 with the VNNI of processors that have no AVX-512.
#include "CKernels.h"
#include "tables.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avxvnni,avx2,fma"))), apply_to = function)
#define FUSED 1
#define LANES 8
#define ROUNDED 1
#define TILE_ROWS 6
#define VPDPBUSD "%{vex%} vpdpbusd"
#include "vector.inc.h"
#include "functions.inc.h"
#include "gemm_int8.inc.h"

_Static_assert(DK_INT8_LONGEST <= LONGEST_WORDS * WORD, "a row of A has to fit the rounded block");

const dk_int8_kernels dk_int8_avx2 = {pack_rows, gemm};
#pragma clang attribute pop
#endif
