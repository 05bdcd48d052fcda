// AVX-512 with BF16: products and attention round their operands to bfloat16, and what lies between two of them is rough.
#include "CKernels.h"
#include "tables.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512bf16,avx512f,avx512dq,avx512bw,avx512vl,fma,avx2"))), apply_to = function)
#define FUSED 1
#define LANES 16
#define ROUNDED 1
#define TILE_ROWS 14
#include "vector.inc.h"
#include "functions.inc.h"
#include "gemm_bf16.inc.h"
#include "rows.inc.h"
#include "attention_bf16.inc.h"
#include "attention_backward.inc.h"
#include "training.inc.h"
#include "quantize.inc.h"

const dk_kernels dk_avx512bf16 = {
    "avx512bf16", PANEL, pack_rows, gemm, pack_columns, gemm_transposed, layer_norm, layer_norm_backward, gelu,
    gelu_backward, column_sums, softmax, cross_entropy, adamw, average, sum_squares, swiglu, attention,
    attention_backward, attention_row, dk_scan_avx512, quantize, refine,
};
#pragma clang attribute pop
#endif
