// A vector as two levels of whole numbers of 8 bits, and the product of a query with such a row.

typedef int8_t vc __attribute__((vector_size(LANES)));
typedef int8_t vcu __attribute__((vector_size(LANES), aligned(1), may_alias));
typedef uint8_t vbu __attribute__((vector_size(LANES), aligned(1), may_alias));

/// One level: numbers = round(x / scale), scale = max|x| / 127, and x becomes what they leave. Returns scale; *squares is
/// the sum of squares of the rest.
static float quantize_level(float *x, size_t n, int8_t *numbers, float *squares) {
    vf most = {};
    for (size_t i = 0; i < n; i += LANES) {
        vf value = load(x + i);
        most = vmax(most, vmax(value, -value));
    }
    float top = largest(most);
    // Under this, 127 / top could be infinite; what is left out is the slack's.
    float scale = top < 1e-30f ? 0 : top / 127, inverse = top < 1e-30f ? 0 : 127 / top;
    const vf magic = splat(MAGIC);
    vf total = {};
    for (size_t i = 0; i < n; i += LANES) {
        vf value = load(x + i);
        vf steps = value * inverse; // apart from the addition, so that no compiler fuses them: every set has the same codes
        vf number = steps + magic - magic;
        number = vmin(splat(127), vmax(splat(-127), number));
        *(vcu *)(numbers + i) = __builtin_convertvector(__builtin_convertvector(number, vi), vc);
        vf rest = fma(number, splat(-scale), value);
        store(x + i, rest);
        total = fma(rest, rest, total);
    }
    *squares = sum(total);
    return scale;
}

static dk_levels quantize(float *x, size_t n, int8_t *coarse, int8_t *fine) {
    dk_levels levels;
    levels.scale = quantize_level(x, n, coarse, &levels.squares);
    levels.fine_scale = quantize_level(x, n, fine, &levels.fine_squares);
    return levels;
}

static float refine(const float *query, size_t words, const uint8_t *coarse, const int8_t *fine, float scale,
                    float fine_scale) {
    vf rough = {}, rest = {};
    for (size_t word = 0; word < words; word += DK_GROUP / 4) {
        uint8_t run[DK_GROUP];
        for (size_t w = 0; w < DK_GROUP / 4; w++) memcpy(run + 4 * w, coarse + (word + w) * GROUP_WORD, 4);
        for (size_t i = 0; i < DK_GROUP; i += LANES) {
            vf value = load(query + 4 * word + i);
            rough = fma(value, __builtin_convertvector(*(const vbu *)(run + i), vf) - 128.0f, rough);
            rest = fma(value, __builtin_convertvector(*(const vcu *)(fine + 4 * word + i), vf), rest);
        }
    }
    return scale * sum(rough) + fine_scale * sum(rest);
}
