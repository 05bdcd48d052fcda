// Any processor with registers of 4 floats: SSE2 and NEON come out of the same source.
#include "CKernels.h"
#include "tables.h"

#if defined(__aarch64__)
#define FUSED 1
#else
#define FUSED 0
#endif
#define LANES 4
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

const dk_kernels dk_portable = {
    "portable", PANEL, pack_rows, gemm, pack_columns, gemm_transposed, layer_norm, layer_norm_backward, gelu,
    gelu_backward, column_sums, softmax, cross_entropy, adamw, average, sum_squares, swiglu, attention,
    attention_backward, attention_row, scan, quantize, refine,
};
