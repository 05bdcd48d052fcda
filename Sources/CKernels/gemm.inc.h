// C = A·B with B packed in panels. The including file defines TILE_ROWS; a panel is two registers wide.
//
// A panel of B (K × PANEL) is streamed once per block of A's rows that stays in the second-level cache; a tile of
// TILE_ROWS × PANEL sums lives in registers for the whole of K. Weights come from far away, a panel at a time: while the
// first tiles of one panel are computed, the next panel is fetched.

enum { PANEL = 2 * LANES, LINE = 16, CACHED_FLOATS = 96 * 1024 }; // 384 KiB of A per block, of a cache of 512 KiB or more

typedef struct {
    const float *a;
    size_t lda;
    const float *b;
    size_t ldb; // PANEL in packed memory
    size_t k;
    const float *next; // K cache lines that a later tile will want, `step` floats apart
    size_t step;
} operands;

/// The sums of a tile of `rows` × PANEL; `rows` and whether A is (K, M) are constants at every call.
INLINE void accumulate(int rows, bool transposed, operands x, vf tile[TILE_ROWS][2]) {
    vf sums[TILE_ROWS][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) sums[i][0] = sums[i][1] = (vf){};
    const float *b = x.b;
    for (size_t k = 0; k < x.k; k++, b += x.ldb) {
        vf left = load(b), right = load(b + LANES);
        __builtin_prefetch(x.next + k * x.step, 0, 2);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            vf a = splat(transposed ? x.a[k * x.lda + i] : x.a[i * x.lda + k]);
            sums[i][0] = fma(a, left, sums[i][0]);
            sums[i][1] = fma(a, right, sums[i][1]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) tile[i][0] = sums[i][0], tile[i][1] = sums[i][1];
}

#define ACCUMULATE(rows) case rows: accumulate(rows, transposed, x, tile); break;

INLINE void accumulate_any(size_t rows, bool transposed, operands x, vf tile[TILE_ROWS][2]) {
    switch (rows) {
        ACCUMULATE(1) ACCUMULATE(2) ACCUMULATE(3) ACCUMULATE(4) ACCUMULATE(5) ACCUMULATE(6)
#if TILE_ROWS > 6
        ACCUMULATE(7) ACCUMULATE(8) ACCUMULATE(9) ACCUMULATE(10)
        ACCUMULATE(11) ACCUMULATE(12) ACCUMULATE(13) ACCUMULATE(14)
#endif
    }
}

static void accumulate_rows(size_t rows, operands x, vf tile[TILE_ROWS][2]) { accumulate_any(rows, false, x, tile); }

static void accumulate_columns(size_t rows, operands x, vf tile[TILE_ROWS][2]) { accumulate_any(rows, true, x, tile); }

INLINE vf finish(dk_epilogue kind, vf x, vf gamma, vf old) {
    switch (kind) {
    case DK_GELU: return vgelu(x);
    case DK_ADD: return fma(gamma, x, old);
    default: return x;
    }
}

/// Stores `rows` × `columns` of a tile whose first column is `column`.
INLINE void write_tile(dk_epilogue kind, vf tile[TILE_ROWS][2], size_t rows, size_t column, size_t columns,
                       dk_output output, float *c, size_t ldc) {
    for (int half = 0; half < 2; half++) {
        size_t start = half * LANES;
        if (columns <= start) return;
        size_t width = columns - start < LANES ? columns - start : LANES;
        const float *bias = output.bias ? output.bias + column + start : NULL;
        const float *gamma = output.gamma ? output.gamma + column + start : NULL;
        vf shift = bias ? load_part(bias, width) : (vf){};
        vf scale = gamma ? load_part(gamma, width) : splat(1);
        for (size_t i = 0; i < rows; i++) {
            float *place = c + i * ldc + start;
            vf x = tile[i][half] + shift;
            if (width == LANES) {
                store(place, finish(kind, x, scale, kind == DK_ADD ? load(place) : x));
            } else {
                store_part(place, finish(kind, x, scale, kind == DK_ADD ? load_part(place, width) : x), width);
            }
        }
    }
}

static void write(vf tile[TILE_ROWS][2], size_t rows, size_t column, size_t columns, dk_output output, float *c,
                  size_t ldc) {
    switch (output.kind) {
    case DK_GELU: write_tile(DK_GELU, tile, rows, column, columns, output, c, ldc); break;
    case DK_ADD: write_tile(DK_ADD, tile, rows, column, columns, output, c, ldc); break;
    default: write_tile(DK_STORE, tile, rows, column, columns, output, c, ldc); break;
    }
}

static void gemm(const float *a, size_t lda, size_t m, const float *packed, size_t n, size_t k, size_t first,
                 size_t last, dk_output output, float *c, size_t ldc) {
    vf tile[TILE_ROWS][2];
    size_t tiles = (m + TILE_ROWS - 1) / TILE_ROWS; // rows are spread evenly over the tiles: 197 is 13s and 14s, no 1
    size_t cached = CACHED_FLOATS / (k * TILE_ROWS + 1);
    if (cached == 0) cached = 1;
    for (size_t block = 0; block < tiles; block += cached) {
        size_t end = block + cached < tiles ? block + cached : tiles;
        for (size_t panel = first; panel < last; panel++) {
            size_t column = panel * PANEL;
            size_t columns = n - column < PANEL ? n - column : PANEL;
            const float *following = packed + (panel + 1 < last ? column + PANEL : first * PANEL) * k;
            for (size_t t = block; t < end; t++) {
                size_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
                const float *next = t - block < PANEL / LINE ? following + (t - block) * k * LINE : following;
                accumulate_rows(rows, (operands){a + row * lda, lda, packed + column * k, PANEL, k, next, LINE}, tile);
                write(tile, rows, column, columns, output, c + row * ldc + column, ldc);
            }
        }
    }
}

static void pack_rows(const float *w, size_t ld, size_t n, size_t k, size_t first, size_t last, float *packed) {
    for (size_t column = first; column < last; column += PANEL) {
        float *panel = packed + column * k;
        size_t columns = n - column < PANEL ? n - column : PANEL;
        if (columns < PANEL) memset(panel, 0, PANEL * k * sizeof(float));
        for (size_t j = 0; j < columns; j++) {
            const float *row = w + (column + j) * ld;
            for (size_t i = 0; i < k; i++) panel[i * PANEL + j] = row[i];
        }
    }
}

/// Packs B (K, N) as it stands: panels of (K, PANEL) of its columns [first, last).
static void pack_columns(const float *b, size_t ld, size_t n, size_t k, size_t first, size_t last, float *packed) {
    for (size_t column = first; column < last; column += PANEL) {
        float *panel = packed + column * k;
        size_t columns = n - column < PANEL ? n - column : PANEL;
        for (size_t i = 0; i < k; i++, panel += PANEL) {
            memcpy(panel, b + i * ld + column, columns * sizeof(float));
            if (columns < PANEL) memset(panel + columns, 0, (PANEL - columns) * sizeof(float));
        }
    }
}

// Rows and columns of A at a time: what is read again of A and B stays in the caches.
enum { SLICE = 192, COLUMNS = 4 * TILE_ROWS };

/// A full-width panel of B in place, or a copy of its last columns padded with zeros.
INLINE const float *panel_of(const float *b, size_t *ldb, size_t k, size_t columns, float copy[SLICE * PANEL]) {
    if (columns >= PANEL) return b;
    for (size_t i = 0; i < k; i++) {
        memcpy(copy + i * PANEL, b + i * *ldb, columns * sizeof(float));
        memset(copy + i * PANEL + columns, 0, (PANEL - columns) * sizeof(float));
    }
    *ldb = PANEL;
    return copy;
}

/// Copies rows of A (K, M) for one tile after the other, so that a tile's sums read them in one stream.
INLINE void pack_tiles(const float *a, size_t lda, size_t m, size_t tiles, size_t k, float *packed) {
    for (size_t t = 0; t < tiles; t++) {
        size_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
        for (size_t i = 0; i < k; i++, packed += rows) memcpy(packed, a + i * lda + row, rows * sizeof(float));
    }
}

static void gemm_transposed(const float *a, size_t lda, size_t m, const float *b, size_t ldb, size_t n, size_t k,
                            float *c, size_t ldc) {
    vf tile[TILE_ROWS][2];
    float copy[SLICE * PANEL], packed[SLICE * COLUMNS];
    dk_output sum = {DK_ADD, NULL, NULL};
    for (size_t left = 0; left < m; left += COLUMNS) {
        size_t width = m - left < COLUMNS ? m - left : COLUMNS, tiles = (width + TILE_ROWS - 1) / TILE_ROWS;
        for (size_t start = 0; start < k; start += SLICE) {
            size_t slice = k - start < SLICE ? k - start : SLICE;
            pack_tiles(a + start * lda + left, lda, width, tiles, slice, packed);
            for (size_t column = 0; column < n; column += PANEL) {
                size_t columns = n - column < PANEL ? n - column : PANEL, stride = ldb;
                const float *panel = panel_of(b + start * ldb + column, &stride, slice, columns, copy);
                const float *next = column + PANEL < n ? b + start * ldb + column + PANEL
                                    : start + SLICE < k ? b + (start + SLICE) * ldb
                                                        : b;
                for (size_t t = 0; t < tiles; t++) {
                    size_t row = t * width / tiles, rows = (t + 1) * width / tiles - row;
                    operands x = {packed + row * slice, rows, panel, stride, slice, next + t % 2 * LINE, ldb};
                    if (t >= 2 && start + SLICE < k) { // the next rows of A, a line of each for every panel
                        x.next = a + (start + SLICE) * lda + left + column / PANEL % 4 * LINE;
                        x.step = lda;
                    }
                    accumulate_columns(rows, x, tile);
                    write(tile, rows, column, columns, sum, c + (left + row) * ldc + column, ldc);
                }
            }
        }
    }
}
