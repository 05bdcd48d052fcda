// C = A·B with B packed in panels, in float32; a panel is two registers wide.
//
// A panel of B (K × PANEL) is streamed once per block of A's rows that stays in the second-level cache. Weights come from far
// away, a panel at a time: while the first tiles of one panel are computed, the next panel is fetched.

INLINE void multiply_row(const float *p, vf left, vf right, vf sums[2]) {
    vf a = splat(*p);
    sums[0] = fma(a, left, sums[0]);
    sums[1] = fma(a, right, sums[1]);
}

#include "tile.inc.h"

ACCUMULATION(accumulate_rows, IN_ROWS)
ACCUMULATION(accumulate_packed, PACKED)

enum { CACHED_FLOATS = 96 * 1024 }; // 384 KiB of A per block, of a cache of 512 KiB or more

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
        size_t whole = k / LANES * LANES;
        for (size_t half = 0; half < columns; half += LANES) {
            size_t filled = columns - half < LANES ? columns - half : LANES;
            for (size_t i = 0; i < whole; i += LANES) {
                vf block[LANES];
                for (size_t j = 0; j < LANES; j++)
                    block[j] = j < filled ? load(w + (column + half + j) * ld + i) : (vf){};
                transpose(block);
                for (size_t j = 0; j < LANES; j++) store(panel + (i + j) * PANEL + half, block[j]);
            }
        }
        for (size_t j = 0; j < columns; j++)
            for (size_t i = whole; i < k; i++) panel[i * PANEL + j] = w[(column + j) * ld + i];
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

/// Copies rows of A (K, M) for one tile after the other, so that a tile's sums read them in one stream, and adds them up.
///
/// `packed` has room for one register more: whole ones are written where whole ones can be read.
INLINE void pack_tiles(const float *a, size_t lda, size_t m, size_t tiles, size_t k, float *packed, float *sums) {
    for (size_t t = 0; t < tiles; t++) {
        size_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
        for (size_t first = 0; first < rows; first += LANES) {
            size_t count = rows - first < LANES ? rows - first : LANES;
            const float *place = a + row + first;
            float *target = packed + first;
            vf total = {};
            for (size_t i = 0; i < k; i++, place += lda, target += rows) {
                vf x = row + first + LANES <= m ? load(place) : load_part(place, count);
                if (rows <= LANES) store(target, x);
                else store_part(target, x, count);
                total += x;
            }
            if (sums) store_part(sums + row + first, load_part(sums + row + first, count) + total, count);
        }
        packed += k * rows;
    }
}

static void gemm_transposed(const float *a, size_t lda, size_t m, const float *b, size_t ldb, size_t n, size_t k,
                            float *c, size_t ldc, float *sums) {
    vf tile[TILE_ROWS][2];
    float copy[SLICE * PANEL], packed[SLICE * COLUMNS + LANES];
    dk_output sum = {DK_ADD, NULL, NULL};
    for (size_t left = 0; left < m; left += COLUMNS) {
        size_t width = m - left < COLUMNS ? m - left : COLUMNS, tiles = (width + TILE_ROWS - 1) / TILE_ROWS;
        for (size_t start = 0; start < k; start += SLICE) {
            size_t slice = k - start < SLICE ? k - start : SLICE;
            pack_tiles(a + start * lda + left, lda, width, tiles, slice, packed, sums ? sums + left : NULL);
            for (size_t column = 0; column < n; column += PANEL) {
                size_t columns = n - column < PANEL ? n - column : PANEL, stride = ldb;
                const float *panel = panel_of(b + start * ldb + column, &stride, slice, columns, copy);
                const float *next = column + PANEL < n ? b + start * ldb + column + PANEL
                                    : start + SLICE < k ? b + (start + SLICE) * ldb
                                                        : b;
                for (size_t t = 0; t < tiles; t++) {
                    size_t row = t * width / tiles, rows = (t + 1) * width / tiles - row;
                    operands x = {packed + row * slice, 0, panel, stride, slice, next + t % 2 * LINE, ldb};
                    if (t >= 2 && start + SLICE < k) { // the next rows of A, a line of each for every panel
                        x.next = a + (start + SLICE) * lda + left + column / PANEL % 4 * LINE;
                        x.step = lda;
                    }
                    accumulate_packed(rows, x, tile);
                    write(tile, rows, column, columns, sum, c + (left + row) * ldc + column, ldc);
                }
            }
        }
    }
}
