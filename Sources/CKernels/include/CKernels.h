// Vectorised kernels of the transformer, one table of functions per instruction set.
//
// Letters: M rows, N columns of the result, K the summed dimension. Strides ("ld") count floats.
// Matrices are row-major. No function allocates, blocks or keeps a pointer.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// What happens to a product `x = A·B + bias` on its way to memory.
typedef enum {
    DK_STORE, ///< c = x
    DK_GELU,  ///< c = gelu(x), the exact-erf form
    DK_ADD,   ///< c += gamma * x, gamma 1 when absent: a residual branch with LayerScale
} dk_epilogue;

/// Where and how a product is stored.
typedef struct {
    dk_epilogue kind;
    const float *_Nullable bias;  ///< (N) or NULL
    const float *_Nullable gamma; ///< (N) or NULL; only for DK_ADD
} dk_output;

/// The kernels for one instruction set.
typedef struct {
    const char *name; ///< "avx512", "avx2" or "portable"
    size_t panel;     ///< columns of a packed panel; packed matrices pad N to a multiple of it

    /// Packs the rows [first, last) of W (N, K) as columns of Wᵀ: panels of (K, panel), zero padded.
    /// first must be a multiple of panel.
    void (*pack_rows)(const float *w, size_t ld, size_t n, size_t k, size_t first, size_t last, float *packed);

    /// C (M, N) from A (M, K) and packed B, for the panels [first, last) only.
    void (*gemm)(const float *a, size_t lda, size_t m, const float *packed, size_t n, size_t k,
                 size_t first, size_t last, dk_output output, float *c, size_t ldc);

    /// y = (x - mean) / sqrt(variance + epsilon) * weight + bias for each of M rows of N.
    void (*layer_norm)(const float *x, size_t ldx, size_t m, size_t n, const float *weight, const float *bias,
                       float epsilon, float *y, size_t ldy);

    /// y (M, N) = silu(x[:, :N]) * x[:, N:] for x (M, 2N).
    void (*swiglu)(const float *x, size_t ldx, size_t m, size_t n, float *y, size_t ldy);

    /// Rows [first, last) of softmax(Q·Kᵀ·scale)·V for one head of width D over T tokens.
    /// q, k, v have T rows with stride ld; out has stride ldo. scratch: dk_attention_scratch floats.
    void (*attention)(const float *q, const float *k, const float *v, size_t ld, size_t tokens, size_t width,
                      float scale, size_t first, size_t last, float *out, size_t ldo, float *scratch);

    /// softmax(q·Kᵀ·scale) of one query over T keys with stride ld: T probabilities into `out`.
    void (*attention_row)(const float *q, const float *k, size_t ld, size_t tokens, size_t width, float scale,
                          float *out);
} dk_kernels;

/// The kernels of the named instruction set, or NULL when the processor or the build lacks it.
const dk_kernels *_Nullable dk_kernels_named(const char *name);

/// The fastest kernels this processor runs.
const dk_kernels *dk_kernels_best(void);

/// Floats that a packed matrix of N columns and K rows takes.
size_t dk_packed_floats(const dk_kernels *kernels, size_t n, size_t k);

/// Floats of scratch memory that `attention` takes for T tokens and heads of width D.
size_t dk_attention_scratch(const dk_kernels *kernels, size_t tokens, size_t width);

/// Rows of queries whose scores `attention` keeps at a time.
enum { DK_ATTENTION_ROWS = 28 };

// A team of threads that splits one loop at a time.

typedef struct dk_team dk_team;

/// A team of `threads` (the caller is one of them), or NULL when threads cannot be made.
dk_team *_Nullable dk_team_create(size_t threads);

/// Ends the helpers and frees the team; no loop may be under way.
void dk_team_destroy(dk_team *team);

/// Calls body(context, task, thread) for each task in [0, tasks), on all threads, and returns when all are done.
/// Tasks, fewer than 2³² - 1, are handed out one by one. Only one thread at a time may call this, and no body may.
void dk_team_run(dk_team *team, size_t tasks, void (*body)(void *context, size_t task, size_t thread),
                 void *context);

#pragma clang assume_nonnull end

#endif
