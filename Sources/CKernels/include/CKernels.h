// Vectorised kernels of the transformer, one table of functions per instruction set.
//
// Letters: M rows, N columns of the result, K the summed dimension. Strides ("ld") count floats.
// Matrices are row-major. No function allocates, blocks or keeps a pointer.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/// The rates of one step of AdamW (arXiv:1711.05101, as torch.optim.AdamW has it):
/// p *= 1 - lr·decay; m = β₁m + (1-β₁)g; v = β₂v + (1-β₂)g²; p -= lr/c₁ · m / (√v/√c₂ + epsilon), cᵢ = 1 - βᵢᵗ.
typedef struct {
    float lr, decay, beta1, beta2, epsilon;
    float share1, share2;           ///< 1 - βᵢ, of the exact βᵢ: the float nearest to 0.999 is 1.3e-5 (relative) too near to 1
    float correction1, correction2; ///< c₁, c₂
    float gradient_scale;           ///< multiplies g first: the clipping factor
} dk_adamw;

/// Rows of quantised vectors that lie together.
enum { DK_GROUP = 16 };

/// Rows as whole numbers of 8 bits: x ≈ scale · number, and the length of what is left is at most slack.
typedef struct {
    const uint8_t *codes; ///< byte b of word w of row r, number + 128: at (r / DK_GROUP · words + w) · 64 + r % DK_GROUP · 4 + b
    const float *scales;
    const float *slacks;
    size_t words; ///< of four numbers, in a row; a multiple of 4
} dk_codes;

/// One query of a scan.
typedef struct {
    const int8_t *numbers; ///< 4 · words
    int32_t offset;        ///< -128 · Σ numbers
    float slack;           ///< what a row's slack is multiplied by
    float threshold;
} dk_query;

/// A row whose scale · (numbers · numbers) + slack · slack reaches a query's threshold.
typedef struct {
    uint32_t row;
    float score; ///< scale · (numbers · numbers)
} dk_hit;

/// Two levels of quantisation: x ≈ scale · coarse + fine_scale · fine, |coarse|, |fine| ≤ 127.
typedef struct {
    float scale, fine_scale;
    float squares, fine_squares; ///< Σ of the squares of what each level left
} dk_levels;

/// The kernels for one instruction set.
typedef struct {
    const char *name; ///< "avx512bf16", "avx512", "avx2" or "portable"
    size_t panel;     ///< columns of a packed panel; packed matrices pad N to a multiple of it

    /// Packs the rows [first, last) of W (N, K) as columns of Wᵀ: panels of (K, panel), zero padded.
    /// first must be a multiple of panel.
    void (*pack_rows)(const float *w, size_t ld, size_t n, size_t k, size_t first, size_t last, float *packed);

    /// C (M, N) from A (M, K) and packed B, for the panels [first, last) only.
    void (*gemm)(const float *a, size_t lda, size_t m, const float *packed, size_t n, size_t k,
                 size_t first, size_t last, dk_output output, float *c, size_t ldc);

    /// Packs the columns [first, last) of B (K, N) as it stands: panels of (K, panel), zero padded.
    void (*pack_columns)(const float *b, size_t ld, size_t n, size_t k, size_t first, size_t last, float *packed);

    /// C (M, N) += Aᵀ·B for A (K, M) and B (K, N), and sums (M) += the rows of A, both in slices of K that do not depend on M
    /// or N.
    void (*gemm_transposed)(const float *a, size_t lda, size_t m, const float *b, size_t ldb, size_t n, size_t k,
                            float *c, size_t ldc, float *_Nullable sums);

    /// y = (x - mean) / sqrt(variance + epsilon) * weight + bias for each of M rows of N.
    void (*layer_norm)(const float *x, size_t ldx, size_t m, size_t n, const float *weight, const float *bias,
                       float epsilon, float *y, size_t ldy);

    /// The gradient of layer_norm: dx += for each of M rows, and dweight (N), dbias (N) += over the rows in order.
    void (*layer_norm_backward)(const float *x, size_t ldx, const float *dy, size_t lddy, size_t m, size_t n,
                                const float *weight, float epsilon, float *dx, size_t lddx, float *dweight,
                                float *dbias);

    /// y = gelu(x), exact-erf, for M rows of N.
    void (*gelu)(const float *x, size_t ldx, size_t m, size_t n, float *y, size_t ldy);

    /// dx = gelu'(x) * dy for M rows of N; dx may be dy.
    void (*gelu_backward)(const float *x, size_t ldx, const float *dy, size_t lddy, size_t m, size_t n, float *dx,
                          size_t lddx);

    /// sums (N) += the rows of x (M, N), in order.
    void (*column_sums)(const float *x, size_t ldx, size_t m, size_t n, float *sums);

    /// p = softmax((x - center) * scale) over N; returns the entropy of p in nats.
    float (*softmax)(const float *x, const float *center, size_t n, float scale, float *p);

    /// The cross-entropy mass·logsumexp(scale·z) - Σ target·scale·z over N, where the targets sum to mass;
    /// dz = step·(mass·softmax(scale·z) - target). dz may be z.
    float (*cross_entropy)(const float *z, const float *target, size_t n, float mass, float scale, float step,
                           float *dz);

    /// One step of AdamW on N parameters; see dk_adamw.
    void (*adamw)(float *p, const float *g, float *m, float *v, size_t n, dk_adamw rates);

    /// t = momentum·t + (1 - momentum)·s over N.
    void (*average)(float *t, const float *s, size_t n, float momentum);

    /// Σ x² over N, in double.
    double (*sum_squares)(const float *x, size_t n);

    /// y (M, N) = silu(x[:, :N]) * x[:, N:] for x (M, 2N).
    void (*swiglu)(const float *x, size_t ldx, size_t m, size_t n, float *y, size_t ldy);

    /// Rows [first, last) of softmax(Q·Kᵀ·scale)·V for one head of width D over T tokens.
    /// q, k, v have T rows with stride ld; out has stride ldo. scratch: dk_attention_scratch floats.
    void (*attention)(const float *q, const float *k, const float *v, size_t ld, size_t tokens, size_t width,
                      float scale, size_t first, size_t last, float *out, size_t ldo, float *scratch);

    /// The gradients dq, dk, dv (T, D; stride ldd; overwritten) of `attention` over one head, given the answers `out` of
    /// the first `queries` tokens and their gradient `dout`. scratch: dk_attention_backward_scratch floats.
    void (*attention_backward)(const float *q, const float *k, const float *v, size_t ld, size_t tokens, size_t width,
                               float scale, size_t queries, const float *out, size_t ldo, const float *dout,
                               size_t lddo, float *dq, float *dk, float *dv, size_t ldd, float *scratch);

    /// softmax(q·Kᵀ·scale) of one query over T keys with stride ld: T probabilities into `out`.
    void (*attention_row)(const float *q, const float *k, size_t ld, size_t tokens, size_t width, float scale,
                          float *out);

    /// The hits of each query in the groups [first, last) of rows, in ascending order: those of query q from q · (rows of these
    /// groups) on, counts[q] of them. Of group g only the rows whose bits of masks[g - first] are set, all without masks.
    void (*scan)(dk_codes codes, size_t first, size_t last, const uint16_t *_Nullable masks, const dk_query *queries,
                 size_t count, dk_hit *hits, size_t *counts);

    /// Quantises x (N, a multiple of DK_GROUP), which it overwrites.
    dk_levels (*quantize)(float *x, size_t n, int8_t *coarse, int8_t *fine);

    /// Σ query · x over 4 · words, for one row x in two levels; `coarse` is its first word, in a group.
    float (*refine)(const float *query, size_t words, const uint8_t *coarse, const int8_t *fine, float scale,
                    float fine_scale);
} dk_kernels;

/// The kernels whose products (gemm, gemm_transposed, both attentions) round their operands to bfloat16 and sum in float32, or
/// NULL where the processor has no such instruction. What they pack only they can read; it takes half the floats.
const dk_kernels *_Nullable dk_kernels_bf16(void);

/// Products with weights of 8 bits, W one scale a column, A a scale and a zero a row: the forward pass of a linear layer.
typedef struct {
    /// As in dk_kernels, with panels of the same width. `packed` has dk_packed_floats_int8 floats.
    void (*pack_rows)(const float *w, size_t ld, size_t n, size_t k, size_t first, size_t last, float *packed);
    void (*gemm)(const float *a, size_t lda, size_t m, const float *packed, size_t n, size_t k, size_t first,
                 size_t last, dk_output output, float *c, size_t ldc);
} dk_int8_kernels;

/// K of these products is at most this.
enum { DK_INT8_LONGEST = 18432 };

/// The products of 8 bits with the panels of other kernels, or NULL where the processor has no such instruction.
const dk_int8_kernels *_Nullable dk_kernels_int8(const dk_kernels *beside);

/// Floats that W (N, K) takes when packed in 8 bits.
size_t dk_packed_floats_int8(const dk_kernels *kernels, size_t n, size_t k);

/// The kernels of the named instruction set, or NULL when the processor or the build lacks it.
const dk_kernels *_Nullable dk_kernels_named(const char *name);

/// The fastest float32 kernels this processor runs.
const dk_kernels *dk_kernels_best(void);

/// Floats that a packed matrix of N columns and K rows takes.
size_t dk_packed_floats(const dk_kernels *kernels, size_t n, size_t k);

/// Floats of scratch memory that `attention` takes for T tokens and heads of width D.
size_t dk_attention_scratch(const dk_kernels *kernels, size_t tokens, size_t width);

/// Floats of scratch memory that `attention_backward` takes for T tokens and heads of width D.
size_t dk_attention_backward_scratch(const dk_kernels *kernels, size_t tokens, size_t width);

/// The most rows of queries whose scores `attention` keeps at a time, and the words that a row of rounded ones is a multiple of.
enum { DK_ATTENTION_ROWS = 28, DK_ATTENTION_STRIPE = 128 };

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
