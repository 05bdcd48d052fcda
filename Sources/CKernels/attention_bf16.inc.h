// Attention of one head between products of bfloat16: a tile of scores becomes words of weights as soon as it is there, and
// only those are kept, for a tile's rows of queries.
//
// The weights 2^(score - shift) need no exact maximum, only a shift that keeps the largest of them from both ends of float32. A row's
// scores lie within |q|·max |k| of 0, so that small ones need none. The largest is no smaller than that of the mean key: the middle of both
// bounds is taken where they are near enough, and the largest score itself, for a pass more over the keys, where they are not.
//
// Scratch: packed K (tokens padded × width), packed V (width padded × tokens), the mean key, the words of a tile's queries and weights.

enum {
    SAFE_POWER = 48, // with the 8 below, 2^56 times a million tokens times values to 2^50 is finite, and 2^-56 far above the least weight, 2^-126
    KNOWN_POWER = 2048, // rounding q and k moves a score by 2^-8 of its bound, here by 8 powers
};

_Static_assert(STRIPE == DK_ATTENTION_STRIPE && TILE_ROWS <= DK_ATTENTION_ROWS, "dk_attention_scratch counts with these");

INLINE size_t stripes_of(size_t words) { return (words + STRIPE - 1) / STRIPE; }

/// What to know of the keys for the shifts.
typedef struct {
    const float *mean;
    float longest; // the length of the longest key; NaN where one is
} key_range;

static key_range range_of_keys(const float *k, size_t ld, size_t tokens, size_t width, float *mean) {
    float top = 0;
    memset(mean, 0, width * sizeof(float));
    for (size_t t = 0; t < tokens; t++, k += ld) {
        float square = dot(k, k, width);
        if (top == top && !(square <= top)) top = square;
        for (size_t j = 0; j < width; j++) mean[j] += k[j];
    }
    for (size_t j = 0; j < width; j++) mean[j] /= (float)tokens;
    return (key_range){mean, __builtin_sqrtf(top)};
}

/// What to take off the powers of two of a row's scores: 0 where none is far from 0, the middle of where the largest of them is, or NaN
/// where that leaves too much room.
INLINE float power_to_take(const float *q, size_t width, float factor, key_range keys) {
    float above = factor * __builtin_sqrtf(dot(q, q, width)) * keys.longest;
    if (above <= SAFE_POWER) return 0;
    float below = factor * dot(q, keys.mean, width);
    return above <= KNOWN_POWER && above - below <= 2 * SAFE_POWER ? (above + below) / 2 : __builtin_nanf("");
}

/// The largest score of each of a tile's rows.
static void largest_scores(size_t rows, operands x, const float *keys, size_t tokens, float *tops) {
    const vi order = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    vf tile[TILE_ROWS][2], best[TILE_ROWS];
    for (size_t i = 0; i < rows; i++) best[i] = splat(-__builtin_inff());
    for (size_t column = 0; column < tokens; column += PANEL) {
        x.b = x.next = keys + column * x.k;
        accumulate_striped(rows, x, tile);
        vi left = order + (int)column, right = left + LANES;
        for (size_t i = 0; i < rows; i++) {
            best[i] = vmax(choose(left < (int)tokens, tile[i][0], best[i]), best[i]);
            best[i] = vmax(choose(right < (int)tokens, tile[i][1], best[i]), best[i]);
        }
    }
    for (size_t i = 0; i < rows; i++) tops[i] = largest(best[i]);
}

/// What is taken from the scores of a tile's rows: `top` from the score, 0 but for rows whose largest score had to be found, and
/// `shift` from its power of two.
typedef struct {
    float top[TILE_ROWS], shift[TILE_ROWS];
    bool has_tops;
} row_shifts;

static row_shifts shifts_of_rows(const float *q, size_t ld, size_t rows, size_t width, float factor, key_range range,
                                 operands x, const float *keys, size_t tokens) {
    row_shifts result = {.has_tops = false};
    float tops[TILE_ROWS];
    for (size_t i = 0; i < rows; i++) {
        result.shift[i] = power_to_take(q + i * ld, width, factor, range);
        result.has_tops |= result.shift[i] != result.shift[i];
    }
    if (!result.has_tops) return result;
    largest_scores(rows, x, keys, tokens, tops);
    for (size_t i = 0; i < rows; i++)
        if (result.shift[i] != result.shift[i]) result.top[i] = tops[i], result.shift[i] = 0;
    return result;
}

/// A tile's scores become words of weights, a line for each row and STRIPE words apart, and add to the sums of their rows.
INLINE void weigh(vf tile[TILE_ROWS][2], size_t rows, size_t columns, float factor, const row_shifts *shifts,
                  vf *totals, float *words) {
    size_t low = columns < LANES ? columns : LANES;
    if (shifts->has_tops)
        for (size_t i = 0; i < rows; i++)
            for (int half = 0; half < 2; half++) tile[i][half] -= splat(shifts->top[i]);
    for (size_t i = 0; i < rows; i++) {
        vf shift = splat(-shifts->shift[i]);
        vf left = vexp2_rough(fma(tile[i][0], splat(factor), shift));
        vf right = vexp2_rough(fma(tile[i][1], splat(factor), shift));
        if (columns < PANEL) left = first_lanes(left, low), right = first_lanes(right, columns - low);
        totals[i] += left + right;
        _mm512_storeu_si512(words + i * STRIPE, neighbours(left, right));
    }
}

static void attention(const float *q, const float *k, const float *v, size_t ld, size_t tokens, size_t width,
                      float scale, size_t first, size_t last, float *out, size_t ldo, float *scratch) {
    size_t words = words_of(tokens), pairs = words_of(width);
    float *keys = scratch, *values = keys + padded(tokens) * width, *mean = values + tokens * padded(width);
    float *queries = mean + padded(width), *weights = queries + TILE_ROWS * stripes_of(pairs) * STRIPE;
    pack_rows(k, ld, tokens, width, 0, tokens, keys);
    pack_columns(v, ld, width, tokens, 0, width, values);
    key_range range = range_of_keys(k, ld, tokens, width, mean);

    float factor = scale * BITS_OF_E;
    vf tile[TILE_ROWS][2], totals[TILE_ROWS];
    for (size_t row = first, rows; row < last; row += rows) {
        rows = last - row < TILE_ROWS ? last - row : TILE_ROWS;
        round_rows(q + row * ld, ld, rows, width, rows, queries, NULL);
        operands x = {queries, rows * STRIPE, keys, PANEL, pairs, keys, 0};
        row_shifts shifts = shifts_of_rows(q + row * ld, ld, rows, width, factor, range, x, keys, tokens);
        for (size_t i = 0; i < rows; i++) totals[i] = (vf){};
        for (size_t column = 0; column < tokens; column += PANEL, x.b += PANEL * pairs) {
            size_t columns = tokens - column < PANEL ? tokens - column : PANEL, word = column / 2;
            accumulate_striped(rows, x, tile);
            weigh(tile, rows, columns, factor, &shifts, totals,
                  weights + word / STRIPE * rows * STRIPE + word % STRIPE);
        }
        for (size_t i = 0; i < rows; i++) totals[i] = splat(1.0f / sum(totals[i]));
        operands y = {weights, rows * STRIPE, values, PANEL, words, values, 0};
        for (size_t column = 0; column < width; column += PANEL, y.b += PANEL * words) {
            size_t columns = width - column < PANEL ? width - column : PANEL;
            accumulate_striped(rows, y, tile);
            for (size_t i = 0; i < rows; i++) tile[i][0] *= totals[i], tile[i][1] *= totals[i];
            write(tile, rows, column, columns, (dk_output){DK_STORE, NULL, NULL}, out + row * ldo + column, ldo);
        }
    }
}
