// A tile of a matrix product: TILE_ROWS × PANEL sums that live in registers for the whole of K, and its way to memory.
//
// The including file defines TILE_ROWS, and multiply_row(p, left, right, sums), which adds the products of the 32-bit word at p
// and each word of a line of the panel: of two floats, of two pairs of bfloat16, or of four bytes each. K counts words.

enum { PANEL = 2 * LANES, LINE = 16 };

/// Where the word of row i at k of A lies: i·lda + k; k·rows + i; in the stripe k / STRIPE, lda words after the one before, at
/// i·STRIPE + k % STRIPE.
typedef enum { IN_ROWS, PACKED, STRIPED } layout;

enum {
    STRIPE = 128,
    WORDS = 64 * 1024, // of rounded A at a time: 256 KiB, of a second-level cache of 1 MiB
    LONGEST_WORDS = WORDS / TILE_ROWS / STRIPE * STRIPE, // of a row of A
};

typedef struct {
    const float *a;
    size_t lda;
    const float *b;
    size_t ldb; // PANEL in packed memory
    size_t k;
    const float *next; // K cache lines that a later tile will want, `step` floats apart
    size_t step;
} operands;

/// The sums of a tile of `rows` × PANEL; `rows` and A's layout are constants at every call.
INLINE void accumulate(int rows, layout order, operands x, vf tile[TILE_ROWS][2]) {
    vf sums[TILE_ROWS][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) sums[i][0] = sums[i][1] = (vf){};
    const float *a = x.a, *b = x.b, *next = x.next;
    size_t run = order == STRIPED ? STRIPE : x.k;
    for (size_t rest = x.k; rest > 0; rest -= run < rest ? run : rest, a += x.lda) {
        size_t count = run < rest ? run : rest;
        for (size_t k = 0; k < count; k++, b += x.ldb, next += x.step) {
            vf left = load(b), right = load(b + LANES);
            __builtin_prefetch(next, 0, 2);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                size_t place = order == PACKED ? k * rows + i : i * (order == STRIPED ? STRIPE : x.lda) + k;
                multiply_row(a + place, left, right, sums[i]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) tile[i][0] = sums[i][0], tile[i][1] = sums[i][1];
}

#define ACCUMULATE(rows) case rows: accumulate(rows, order, x, tile); break;

INLINE void accumulate_any(size_t rows, layout order, operands x, vf tile[TILE_ROWS][2]) {
    switch (rows) {
        ACCUMULATE(1) ACCUMULATE(2) ACCUMULATE(3) ACCUMULATE(4) ACCUMULATE(5) ACCUMULATE(6)
#if TILE_ROWS > 6
        ACCUMULATE(7) ACCUMULATE(8) ACCUMULATE(9) ACCUMULATE(10)
        ACCUMULATE(11) ACCUMULATE(12) ACCUMULATE(13) ACCUMULATE(14)
#endif
    }
}

#define ACCUMULATION(name, order) \
    static void name(size_t rows, operands x, vf tile[TILE_ROWS][2]) { accumulate_any(rows, order, x, tile); }

INLINE vf finish(dk_epilogue kind, vf x, vf gamma, vf old) {
    switch (kind) {
    case DK_GELU: return ROUNDED ? vgelu_rough(x) : vgelu(x);
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
