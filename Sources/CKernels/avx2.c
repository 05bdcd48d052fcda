// AVX2 with FMA: 16 registers of 8 floats hold a tile of 6 × 16 sums.
#include "CKernels.h"
#include "tables.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define FUSED 1
#define LANES 8
#define TILE_ROWS 6
#include "vector.inc.h"
#include "functions.inc.h"
#include "gemm.inc.h"
#include "rows.inc.h"
#include "attention.inc.h"
#include "attention_backward.inc.h"
#include "training.inc.h"
#include "scan.inc.h"
#include "quantize.inc.h"

const dk_kernels dk_avx2 = {
    "avx2", PANEL, pack_rows, gemm, pack_columns, gemm_transposed, layer_norm, layer_norm_backward, gelu,
    gelu_backward, column_sums, softmax, cross_entropy, adamw, average, sum_squares, swiglu, attention,
    attention_backward, attention_row, scan, quantize, refine,
};
#pragma clang attribute pop
#endif
