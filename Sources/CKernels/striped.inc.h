// The product of words: rows of A are rounded to words, a block that the second-level cache holds at a time, and go past each
// panel of B.
//
// The including file defines words_of, row_code, round_rows and restore, which turns the sums of a tile into floats.

ACCUMULATION(accumulate_striped, STRIPED)

enum { BLOCK_ROWS = WORDS / STRIPE }; // the most rows that are rounded at a time

/// The product over a slice of K; the panels of B lie `panel_words` apart.
static void gemm_slice(const float *a, size_t lda, size_t m, const float *packed, size_t panel_words, size_t n,
                       size_t k, size_t first, size_t last, dk_output output, float *c, size_t ldc) {
    float words[WORDS] __attribute__((aligned(64)));
    row_code codes[BLOCK_ROWS];
    vf tile[TILE_ROWS][2];
    size_t count = words_of(k), stripes = (count + STRIPE - 1) / STRIPE, tiles = (m + TILE_ROWS - 1) / TILE_ROWS;
    size_t cached = WORDS / (stripes * STRIPE * TILE_ROWS);
    for (size_t block = 0; block < tiles; block += cached) {
        size_t end = block + cached < tiles ? block + cached : tiles, top = block * m / tiles;
        size_t height = end * m / tiles - top;
        round_rows(a + top * lda, lda, height, k, height, words, codes);
        for (size_t panel = first; panel < last; panel++) {
            size_t column = panel * PANEL, columns = n - column < PANEL ? n - column : PANEL;
            const float *b = packed + panel * panel_words;
            const float *following = packed + (panel + 1 < last ? panel + 1 : first) * panel_words;
            for (size_t t = block; t < end; t++) {
                size_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
                const float *next = following + (t - block < PANEL / LINE ? (t - block) * count * LINE : 0);
                operands x = {words + (row - top) * STRIPE, height * STRIPE, b, PANEL, count, next, LINE};
                accumulate_striped(rows, x, tile);
                restore(tile, rows, codes + row - top, b + count * PANEL);
                write(tile, rows, column, columns, output, c + row * ldc + column, ldc);
            }
        }
    }
}
