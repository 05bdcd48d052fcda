// Attention of one head without the T × T matrix: the scores of a few rows of queries live in scratch memory.
//
// Scratch: packed K (tokens padded × width), packed V (width padded × tokens), DK_ATTENTION_ROWS rows of scores.

INLINE size_t padded(size_t n) { return (n + PANEL - 1) / PANEL * PANEL; }

/// Packs V (T, D) as it stands: panels of (T, PANEL) of its columns.
static void pack_columns(const float *v, size_t ld, size_t tokens, size_t width, float *packed) {
    for (size_t column = 0; column < width; column += PANEL) {
        size_t columns = width - column < PANEL ? width - column : PANEL;
        for (size_t t = 0; t < tokens; t++, packed += PANEL) {
            memcpy(packed, v + t * ld + column, columns * sizeof(float));
            if (columns < PANEL) memset(packed + columns, 0, (PANEL - columns) * sizeof(float));
        }
    }
}

static void attention(const float *q, const float *k, const float *v, size_t ld, size_t tokens, size_t width,
                      float scale, size_t first, size_t last, float *out, size_t ldo, float *scratch) {
    size_t span = padded(tokens) + PANEL; // a row of scores, off the cache's aliasing strides
    float *keys = scratch, *values = keys + padded(tokens) * width, *scores = values + tokens * padded(width);
    pack_rows(k, ld, tokens, width, 0, tokens, keys);
    pack_columns(v, ld, tokens, width, values);

    dk_output plain = {DK_STORE, NULL, NULL};
    for (size_t row = first; row < last; row += DK_ATTENTION_ROWS) {
        size_t rows = last - row < DK_ATTENTION_ROWS ? last - row : DK_ATTENTION_ROWS;
        gemm(q + row * ld, ld, rows, keys, tokens, width, 0, padded(tokens) / PANEL, plain, scores, span);
        float inverse[DK_ATTENTION_ROWS];
        for (size_t i = 0; i < rows; i++) inverse[i] = 1.0f / exponentials(scores + i * span, tokens, scale);

        float *place = out + row * ldo;
        gemm(scores, span, rows, values, width, tokens, 0, padded(width) / PANEL, plain, place, ldo);
        for (size_t i = 0; i < rows; i++, place += ldo)
            for (size_t j = 0; j < width; j++) place[j] *= inverse[i];
    }
}

static void attention_row(const float *q, const float *k, size_t ld, size_t tokens, size_t width, float scale,
                          float *out) {
    for (size_t t = 0; t < tokens; t++, k += ld) {
        vf total = {};
        size_t i = 0;
        for (; i + LANES <= width; i += LANES) total = fma(load(q + i), load(k + i), total);
        float dot = sum(total);
        for (; i < width; i++) dot += q[i] * k[i];
        out[t] = dot;
    }
    float top = out[0], total = 0;
    for (size_t t = 1; t < tokens; t++) top = out[t] > top ? out[t] : top;
    for (size_t t = 0; t < tokens; t++) total += out[t] = __builtin_expf(scale * (out[t] - top));
    for (size_t t = 0; t < tokens; t++) out[t] /= total;
}
