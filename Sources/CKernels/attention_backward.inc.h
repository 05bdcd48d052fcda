// The gradients of attention, with a few rows of the T × T matrices at a time.
//
// Scratch: packed K and V (tokens padded × width), K as columns (width padded × tokens), twice DK_ATTENTION_ROWS rows of scores.

/// Scores p become probabilities, and ds, which holds dO·Vᵀ, becomes scale·dS; `inner` is the row of dO·O.
static void softmax_gradient(float *p, float *ds, size_t n, float scale, float inner) {
    vf inverse = splat(1.0f / exponentials(p, n, scale)), shift = splat(inner), factor = splat(scale);
    for (size_t i = 0; i < n; i += LANES) { // rows are padded to whole registers, with p = 0 there
        vf x = load(p + i) * inverse;
        store(p + i, x);
        store(ds + i, x * (load(ds + i) - shift) * factor);
    }
}

/// The gradients of one head, for the first `queries` tokens' answers. With P = softmax(S), S = scale·Q·Kᵀ, O = P·V:
/// dV = Pᵀ·dO, dS = P ⊙ (dO·Vᵀ - rowsum(dO ⊙ O)), dQ = scale·dS·K, dK = scale·dSᵀ·Q.
static void attention_backward(const float *q, const float *k, const float *v, size_t ld, size_t tokens, size_t width,
                               float scale, size_t queries, const float *out, size_t ldo, const float *dout,
                               size_t lddo, float *dq, float *dk, float *dv, size_t ldd, float *scratch) {
    size_t span = padded(tokens) + PANEL, tall = padded(tokens) * width, wide = tokens * padded(width);
    float *keys = scratch, *values = keys + tall, *columns = values + tall, *p = columns + wide;
    float *ds = p + DK_ATTENTION_ROWS * span;
    pack_rows(k, ld, tokens, width, 0, tokens, keys);
    pack_rows(v, ld, tokens, width, 0, tokens, values);
    pack_columns(k, ld, width, tokens, 0, width, columns);
    for (size_t t = 0; t < tokens; t++) {
        memset(dk + t * ldd, 0, width * sizeof(float));
        memset(dv + t * ldd, 0, width * sizeof(float));
        if (t >= queries) memset(dq + t * ldd, 0, width * sizeof(float));
    }

    dk_output plain = {DK_STORE, NULL, NULL};
    size_t panels = padded(tokens) / PANEL;
    for (size_t row = 0; row < queries; row += DK_ATTENTION_ROWS) {
        size_t rows = queries - row < DK_ATTENTION_ROWS ? queries - row : DK_ATTENTION_ROWS;
        const float *query = q + row * ld, *answer = out + row * ldo, *danswer = dout + row * lddo;
        gemm(query, ld, rows, keys, padded(tokens), width, 0, panels, plain, p, span);
        gemm(danswer, lddo, rows, values, padded(tokens), width, 0, panels, plain, ds, span);
        for (size_t i = 0; i < rows; i++)
            softmax_gradient(p + i * span, ds + i * span, tokens, scale,
                             dot(answer + i * ldo, danswer + i * lddo, width));
        gemm(ds, span, rows, columns, width, tokens, 0, padded(width) / PANEL, plain, dq + row * ldd, ldd);
        gemm_transposed(ds, span, tokens, query, ld, width, rows, dk, ldd, NULL);
        gemm_transposed(p, span, tokens, danswer, lddo, width, rows, dv, ldd, NULL);
    }
}
