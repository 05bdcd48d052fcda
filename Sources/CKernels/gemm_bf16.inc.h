// C = A·B with the operands rounded to bfloat16 and the sums in float32 (VDPBF16PS).
//
// A word is a pair of neighbours along K, the earlier one in its low half; an odd K ends with a pair whose second is zero.
// Packed B holds words instead of floats and is half as large. A arrives in float32 and is rounded a block of rows at a
// time, so that nobody else needs to know about bfloat16.

/// In assembly, because the compiler otherwise fetches all rows' words before it multiplies any, and runs out of registers.
INLINE void multiply_row(const float *p, vf left, vf right, vf sums[2]) {
    vf word;
    __asm__("vbroadcastss %3, %2\n\tvdpbf16ps %4, %2, %0\n\tvdpbf16ps %5, %2, %1"
            : "+v"(sums[0]), "+v"(sums[1]), "=&v"(word)
            : "m"(*p), "v"(left), "v"(right));
}

#include "tile.inc.h"

ACCUMULATION(accumulate_packed, PACKED)

enum { LONGEST = LONGEST_WORDS * 2 }; // K of a slice

INLINE size_t words_of(size_t k) { return (k + 1) / 2; }

/// What to know of a row of words: nothing.
typedef struct {
    char nothing;
} row_code;

/// Words of 32 floats in order: pairs of neighbours of one row.
INLINE __m512i neighbours(vf low, vf high) { return (__m512i)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low); }

/// Words of 16 floats of one row, each with the one below it.
INLINE __m512i stacked(vf above, vf below) {
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                                           21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    return _mm512_permutexvar_epi16(order, neighbours(above, below));
}

/// Rounds rows of K floats into stripes of words, of `height` rows each.
static void round_rows(const float *a, size_t lda, size_t rows, size_t k, size_t height, float *words, row_code *codes) {
    (void)codes;
    size_t whole = k / (2 * LANES) * (2 * LANES), rest = k - whole, low = rest < LANES ? rest : LANES;
    __mmask16 first = lanes(low), second = lanes(rest - low), kept = lanes(words_of(rest));
    for (size_t row = 0; row < rows; row++, a += lda, words += STRIPE) {
        float *target = words;
        for (size_t i = 0; i < whole; i += 2 * LANES) {
            _mm512_storeu_si512(target + i / 2 % STRIPE, neighbours(load(a + i), load(a + i + LANES)));
            if (i / 2 % STRIPE == STRIPE - LANES) target += height * STRIPE;
        }
        if (!rest) continue;
        __m512i last = neighbours(load_some(a + whole, first), load_some(a + whole + low, second));
        _mm512_mask_storeu_epi32(target + whole / 2 % STRIPE, kept, last);
    }
}

/// Nothing is left to do for the sums of words of bfloat16.
INLINE void restore(vf tile[TILE_ROWS][2], size_t rows, const row_code *codes, const float *columns) {
    (void)tile, (void)rows, (void)codes, (void)columns;
}

#include "striped.inc.h"

static void gemm(const float *a, size_t lda, size_t m, const float *packed, size_t n, size_t k, size_t first,
                 size_t last, dk_output output, float *c, size_t ldc) {
    size_t panel_words = words_of(k) * PANEL;
    if (k <= LONGEST) {
        gemm_slice(a, lda, m, packed, panel_words, n, k, first, last, output, c, ldc);
        return;
    }
    dk_output part = output;
    if (part.kind == DK_GELU) part.kind = DK_STORE;
    for (size_t start = 0; start < k; start += LONGEST) {
        size_t slice = k - start < LONGEST ? k - start : LONGEST;
        gemm_slice(a + start, lda, m, packed + start / 2 * PANEL, panel_words, n, slice, first, last, part, c, ldc);
        part.kind = DK_ADD;
        part.bias = NULL;
    }
    if (output.kind != DK_GELU) return;
    size_t left = first * PANEL, right = last * PANEL < n ? last * PANEL : n;
    for (size_t row = 0; row < m; row++)
        for (size_t i = left; i < right; i += LANES) {
            size_t count = right - i < LANES ? right - i : LANES;
            store_part(c + row * ldc + i, vgelu_rough(load_part(c + row * ldc + i, count)), count);
        }
}

/// Packs the rows [first, last) of W (N, K) as columns of Wᵀ: panels of (K/2, PANEL) words, zero padded.
static void pack_rows(const float *w, size_t ld, size_t n, size_t k, size_t first, size_t last, float *packed) {
    size_t pairs = words_of(k);
    for (size_t column = first; column < last; column += LANES) {
        size_t columns = n - column < LANES ? n - column : LANES;
        float *panel = packed + column / PANEL * PANEL * pairs + column % PANEL;
        for (size_t i = 0; i < k; i += 2 * LANES) {
            size_t count = k - i < 2 * LANES ? k - i : 2 * LANES, low = count < LANES ? count : LANES;
            __mmask16 near = lanes(low), far = lanes(count - low);
            vf block[LANES];
            for (size_t j = 0; j < LANES; j++) {
                const float *row = w + (column + j) * ld + i;
                block[j] = j < columns ? (vf)neighbours(load_some(row, near), load_some(row + low, far)) : (vf){};
            }
            transpose(block);
            for (size_t j = 0; j < words_of(count); j++) store(panel + (i / 2 + j) * PANEL, block[j]);
        }
        if (n - column <= LANES && column % PANEL == 0) // the panel's second half has no columns
            for (size_t i = 0; i < pairs; i++) store(panel + i * PANEL + LANES, (vf){});
    }
}

/// Packs up to PANEL columns of K rows as (K/2, PANEL) words, zero padded; `next`, with the same rows apart, is fetched.
INLINE void pack_panel(const float *b, size_t ld, size_t columns, size_t k, const float *next, float *panel) {
    size_t low = columns < LANES ? columns : LANES;
    __mmask16 near = lanes(low), far = lanes(columns - low);
    for (size_t rest = k; rest > 1; rest -= 2, panel += PANEL, b += 2 * ld, next += 2 * ld) {
        for (size_t line = 0; line < PANEL; line += LINE) {
            __builtin_prefetch(next + line, 0, 2);
            __builtin_prefetch(next + ld + line, 0, 2);
        }
        _mm512_storeu_si512(panel, stacked(load_some(b, near), load_some(b + ld, near)));
        _mm512_storeu_si512(panel + LANES, stacked(load_some(b + low, far), load_some(b + ld + low, far)));
    }
    if (k % 2 == 0) return;
    _mm512_storeu_si512(panel, stacked(load_some(b, near), (vf){}));
    _mm512_storeu_si512(panel + LANES, stacked(load_some(b + low, far), (vf){}));
}

/// Packs B (K, N) as it stands: panels of (K/2, PANEL) words of its columns [first, last), zero padded.
static void pack_columns(const float *b, size_t ld, size_t n, size_t k, size_t first, size_t last, float *packed) {
    for (size_t column = first; column < last; column += PANEL) {
        size_t columns = n - column < PANEL ? n - column : PANEL;
        pack_panel(b + column, ld, columns, k, b + column + PANEL, packed + column * words_of(k));
    }
}

// Rows and columns of A at a time: what is read again of A and B stays in the caches.
enum { SLICE = 2 * STRIPE, COLUMNS = 8 * TILE_ROWS };

/// Rounds columns of A (K, M) to words for one tile after the other, so that a tile's sums read them in one stream, and adds
/// up what they were before.
INLINE void pack_tiles(const float *a, size_t lda, size_t m, size_t tiles, size_t k, float *packed, float *sums) {
    for (size_t t = 0; t < tiles; t++) {
        size_t row = t * m / tiles, rows = (t + 1) * m / tiles - row;
        __mmask16 chosen = lanes(rows);
        vf total = {};
        const float *place = a + row;
        for (size_t rest = k; rest > 1; rest -= 2, packed += rows, place += 2 * lda) {
            vf above = load_some(place, chosen), below = load_some(place + lda, chosen);
            _mm512_mask_storeu_epi32(packed, chosen, stacked(above, below));
            total += above + below;
        }
        if (k % 2 == 1) {
            vf last = load_some(place, chosen);
            _mm512_mask_storeu_epi32(packed, chosen, stacked(last, (vf){}));
            total += last;
            packed += rows;
        }
        if (sums) _mm512_mask_storeu_ps(sums + row, chosen, (__m512)(load_some(sums + row, chosen) + total));
    }
}

static void gemm_transposed(const float *a, size_t lda, size_t m, const float *b, size_t ldb, size_t n, size_t k,
                            float *c, size_t ldc, float *sums) {
    vf tile[TILE_ROWS][2];
    float panel[SLICE / 2 * PANEL] __attribute__((aligned(64))), packed[SLICE / 2 * COLUMNS];
    dk_output sum = {DK_ADD, NULL, NULL};
    for (size_t left = 0; left < m; left += COLUMNS) {
        size_t width = m - left < COLUMNS ? m - left : COLUMNS, tiles = (width + TILE_ROWS - 1) / TILE_ROWS;
        for (size_t start = 0; start < k; start += SLICE) {
            size_t slice = k - start < SLICE ? k - start : SLICE, pairs = words_of(slice), calls = 0;
            bool goes_on = start + SLICE < k;
            pack_tiles(a + start * lda + left, lda, width, tiles, slice, packed, sums ? sums + left : NULL);
            for (size_t column = 0; column < n; column += PANEL) {
                size_t columns = n - column < PANEL ? n - column : PANEL;
                const float *place = b + start * ldb + column;
                const float *next = column + PANEL < n ? place + PANEL : goes_on ? b + (start + SLICE) * ldb : place;
                pack_panel(place, ldb, columns, slice, next, panel);
                for (size_t t = 0; t < tiles; t++, calls++) {
                    size_t row = t * width / tiles, rows = (t + 1) * width / tiles - row;
                    operands x = {packed + row * pairs, 0, panel, PANEL, pairs, panel, 0};
                    if (goes_on) { // the next rows of A, a line of half of them for each tile
                        x.next = a + (start + SLICE + calls % 2 * STRIPE) * lda + left + calls / 2 % (COLUMNS / LINE) * LINE;
                        x.step = lda;
                    }
                    accumulate_packed(rows, x, tile);
                    write(tile, rows, column, columns, sum, c + (left + row) * ldc + column, ldc);
                }
            }
        }
    }
}
