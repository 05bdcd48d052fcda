// C = A·Wᵀ with both in 8 bits and the sums in 32 (VPDPBUSD).
//
// A word is four neighbours along K. A number of W is a signed byte times its column's scale; of A an unsigned byte less its
// row's zero, times its row's scale. Rows of A are rounded here, so that nobody else needs to know: each by its own
// smallest and largest number, or 0 where all are on one side of it. With w and a for the bytes,
// Σ (a - zero)·w = Σ a·w - zero·Σ w, and Σ w is packed with the column.
//
// The including file defines VPDPBUSD, the instruction in the encoding of its registers.

/// In assembly, because the compiler otherwise fetches all rows' words before it multiplies any, and runs out of registers.
INLINE void multiply_row(const float *p, vf left, vf right, vf sums[2]) {
    vf word;
    __asm__("vbroadcastss %3, %2\n\t" VPDPBUSD " %4, %2, %0\n\t" VPDPBUSD " %5, %2, %1"
            : "+v"(sums[0]), "+v"(sums[1]), "=&v"(word)
            : "m"(*p), "v"(left), "v"(right));
}

#include "tile.inc.h"

enum { WORD = 4, CHUNK = WORD * LANES }; // numbers of a word, and of a register of words

INLINE size_t words_of(size_t k) { return (k + WORD - 1) / WORD; }

typedef struct {
    float scale;
    int32_t zero;
} row_code;

/// What of a run of floats decides how it is rounded.
typedef struct {
    float low, high; ///< never above and never below 0
    float poison;    ///< NaN where a number is not finite, else 0
} extent;

enum { CHAINS = 4 }; // of comparisons, because each waits for its last one

INLINE extent extent_of(const float *x, size_t k) {
    vf low[CHAINS] = {}, high[CHAINS] = {}, poison[CHAINS] = {};
    for (size_t i = 0; i < k; i += CHAINS * LANES)
        for (size_t chain = 0; chain < CHAINS && i + chain * LANES < k; chain++) {
            size_t start = i + chain * LANES;
            vf v = load_part(x + start, k - start < LANES ? k - start : LANES);
            low[chain] = vmin(low[chain], v);
            high[chain] = vmax(high[chain], v);
            poison[chain] = fma(v, (vf){}, poison[chain]);
        }
    vf least = vmin(vmin(low[0], low[1]), vmin(low[2], low[3]));
    vf most = vmax(vmax(high[0], high[1]), vmax(high[2], high[3]));
    return (extent){-largest(-least), largest(most), sum((poison[0] + poison[1]) + (poison[2] + poison[3]))};
}

typedef uint8_t vb __attribute__((vector_size(LANES)));

/// Whole numbers near factor · x + shift, cut off to [least, most], for up to LANES floats, the rest near shift.
INLINE vi rounded(const float *x, size_t count, float factor, float shift, float least, float most) {
    const vf magic = splat(MAGIC);
    vf near = fma(load_part(x, count), splat(factor), splat(shift));
    return (vi)((vu)(vmin(splat(most), vmax(splat(least), near)) + magic) - (vu)magic);
}

/// The lowest bytes of the lanes.
INLINE void store_bytes(void *p, vi x) {
    vb bytes = __builtin_convertvector(x, vb);
    memcpy(p, &bytes, sizeof bytes);
}

/// From this on a range has a reciprocal.
#define SMALLEST_RANGE 1e-30f

/// Rounds rows of K floats into stripes of words, of `height` rows each.
static void round_rows(const float *a, size_t lda, size_t rows, size_t k, size_t height, float *words, row_code *codes) {
    for (size_t row = 0; row < rows; row++, a += lda, words += STRIPE) {
        extent x = extent_of(a, k);
        float range = x.high - x.low > SMALLEST_RANGE ? x.high - x.low : 255;
        float factor = 255 / range, zero = x.poison == 0 ? __builtin_roundevenf(-x.low * factor) : 0;
        codes[row] = (row_code){range / 255 + x.poison, (int32_t)zero};
        float *target = words;
        for (size_t i = 0; i < k; i += CHUNK) {
            size_t word = i / WORD;
            uint8_t *bytes = (uint8_t *)(target + word % STRIPE);
            for (size_t part = 0; part < WORD; part++) {
                size_t start = i + part * LANES, left = start < k ? k - start : 0;
                store_bytes(bytes + part * LANES, rounded(a + start, left < LANES ? left : LANES, factor, zero, 0, 255));
            }
            if (word % STRIPE == STRIPE - LANES) target += height * STRIPE;
        }
    }
}

/// Turns the sums of a tile into floats; behind a panel's words lie the scales of its columns and the sums of their bytes.
INLINE void restore(vf tile[TILE_ROWS][2], size_t rows, const row_code *codes, const float *columns) {
    for (int half = 0; half < 2; half++) {
        vf scale = load(columns + half * LANES);
        vi sums = (vi)load(columns + PANEL + half * LANES);
        for (size_t i = 0; i < rows; i++) {
            vi whole = (vi)tile[i][half] - codes[i].zero * sums;
            tile[i][half] = __builtin_convertvector(whole, vf) * (scale * codes[i].scale);
        }
    }
}

#include "striped.inc.h"

INLINE size_t panel_words_of(size_t k) { return (words_of(k) + 2) * PANEL; }

/// Rounds K floats by `factor` to words, `distance` words apart; returns their sum.
static int32_t round_column(const float *w, size_t k, float factor, float *words, size_t distance) {
    vi total = {};
    for (size_t i = 0; i < k; i += CHUNK) {
        int8_t bytes[CHUNK];
        for (size_t part = 0; part < WORD; part++) {
            size_t start = i + part * LANES, left = start < k ? k - start : 0;
            vi whole = rounded(w + start, left < LANES ? left : LANES, factor, 0, -127, 127);
            total += whole;
            store_bytes(bytes + part * LANES, whole);
        }
        size_t left = words_of(k) - i / WORD;
        for (size_t word = 0; word < LANES && word < left; word++)
            memcpy(words + (i / WORD + word) * distance, bytes + word * WORD, WORD);
    }
    int32_t sum = 0;
    for (int i = 0; i < LANES; i++) sum += total[i];
    return sum;
}

static void pack_rows(const float *w, size_t ld, size_t n, size_t k, size_t first, size_t last, float *packed) {
    size_t padded_last = (last + PANEL - 1) / PANEL * PANEL;
    for (size_t column = first; column < padded_last; column++) {
        float *panel = packed + column / PANEL * panel_words_of(k), *tail = panel + words_of(k) * PANEL + column % PANEL;
        bool is_there = column < n;
        const float *row = w + (is_there ? column : 0) * ld;
        extent x = is_there ? extent_of(row, k) : (extent){0, 0, 0};
        float peak = x.high > -x.low ? x.high : -x.low;
        float scale = peak > SMALLEST_RANGE ? peak / 127 : 1;
        int32_t total = round_column(row, k, is_there ? 1 / scale : 0, panel + column % PANEL, PANEL);
        tail[0] = scale + x.poison;
        memcpy(tail + PANEL, &total, sizeof total);
    }
}

static void gemm(const float *a, size_t lda, size_t m, const float *packed, size_t n, size_t k, size_t first,
                 size_t last, dk_output output, float *c, size_t ldc) {
    gemm_slice(a, lda, m, packed, panel_words_of(k), n, k, first, last, output, c, ldc);
}
