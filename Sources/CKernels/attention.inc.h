// Attention of one head without the T × T matrix: the scores of a few rows of queries live in scratch memory.
//
// Scratch: packed K (tokens padded × width), packed V (width padded × tokens), DK_ATTENTION_ROWS rows of scores.

static void attention(const float *q, const float *k, const float *v, size_t ld, size_t tokens, size_t width,
                      float scale, size_t first, size_t last, float *out, size_t ldo, float *scratch) {
    size_t span = padded(tokens) + PANEL; // a row of scores, off the cache's aliasing strides; whole panels are written
    float *keys = scratch, *values = keys + padded(tokens) * width, *scores = values + tokens * padded(width);
    pack_rows(k, ld, tokens, width, 0, tokens, keys);
    pack_columns(v, ld, width, tokens, 0, width, values);

    dk_output plain = {DK_STORE, NULL, NULL};
    for (size_t row = first; row < last; row += DK_ATTENTION_ROWS) {
        size_t rows = last - row < DK_ATTENTION_ROWS ? last - row : DK_ATTENTION_ROWS;
        gemm(q + row * ld, ld, rows, keys, padded(tokens), width, 0, padded(tokens) / PANEL, plain, scores, span);
        float inverse[DK_ATTENTION_ROWS];
        for (size_t i = 0; i < rows; i++) inverse[i] = 1.0f / exponentials(scores + i * span, tokens, scale);

        float *place = out + row * ldo;
        gemm(scores, span, rows, values, width, tokens, 0, padded(width) / PANEL, plain, place, ldo);
        for (size_t i = 0; i < rows; i++, place += ldo)
            for (size_t j = 0; j < width; j++) place[j] *= inverse[i];
    }
}
