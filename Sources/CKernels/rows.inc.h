// Kernels that work row by row: layer norm, the gate of SwiGLU, softmax, attention of one row.

INLINE size_t padded(size_t n) { return (n + PANEL - 1) / PANEL * PANEL; }

INLINE float dot(const float *x, const float *y, size_t n) {
    vf total = {};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) total = fma(load(x + i), load(y + i), total);
    float result = sum(total);
    for (; i < n; i++) result += x[i] * y[i];
    return result;
}

static void layer_norm(const float *x, size_t ldx, size_t m, size_t n, const float *weight, const float *bias,
                       float epsilon, float *y, size_t ldy) {
    size_t whole = n / LANES * LANES, rest = n - whole;
    for (size_t row = 0; row < m; row++, x += ldx, y += ldy) {
        vf total = rest ? load_part(x + whole, rest) : (vf){};
        for (size_t i = 0; i < whole; i += LANES) total += load(x + i);
        vf mean = splat(sum(total) / (float)n);

        vf squares = {};
        for (size_t i = 0; i < whole; i += LANES) {
            vf d = load(x + i) - mean;
            squares = fma(d, d, squares);
        }
        float square = sum(squares);
        for (size_t i = whole; i < n; i++) square += (x[i] - mean[0]) * (x[i] - mean[0]);
        vf scale = splat(1.0f / __builtin_sqrtf(square / (float)n + epsilon));

        for (size_t i = 0; i < whole; i += LANES)
            store(y + i, fma((load(x + i) - mean) * scale, load(weight + i), load(bias + i)));
        if (rest) {
            vf normal = (load_part(x + whole, rest) - mean) * scale;
            store_part(y + whole, fma(normal, load_part(weight + whole, rest), load_part(bias + whole, rest)), rest);
        }
    }
}

INLINE vf vsilu(vf x) { return x / (1.0f + vexp(-x)); }

static void swiglu(const float *x, size_t ldx, size_t m, size_t n, float *y, size_t ldy) {
    size_t whole = n / LANES * LANES, rest = n - whole;
    for (size_t row = 0; row < m; row++, x += ldx, y += ldy) {
        for (size_t i = 0; i < whole; i += LANES) store(y + i, vsilu(load(x + i)) * load(x + n + i));
        if (rest)
            store_part(y + whole, vsilu(load_part(x + whole, rest)) * load_part(x + n + whole, rest), rest);
    }
}

/// The largest of `n` floats, 1 at least. NaN may or may not count.
INLINE float peak(const float *x, size_t n) {
    size_t whole = n / LANES * LANES, i = 0;
    vf best[4] = {splat(x[0]), splat(x[0]), splat(x[0]), splat(x[0])}; // four, because each waits for its last comparison
    for (; i + 4 * LANES <= whole; i += 4 * LANES)
        for (size_t j = 0; j < 4; j++) best[j] = vmax(best[j], load(x + i + j * LANES));
    for (; i < whole; i += LANES) best[0] = vmax(best[0], load(x + i));
    float top = largest(vmax(vmax(best[0], best[1]), vmax(best[2], best[3])));
    for (; i < n; i++) top = x[i] > top ? x[i] : top;
    return top;
}

static const float BITS_OF_E = 1.44269504f; // e^x = 2^(x·log₂ e)

INLINE vf power(vf x) { return ROUNDED ? vexp2_rough(x) : vexp2(x); }

/// x ← exp(scale·(x - max x)) over `n` floats; returns their sum. The row is padded to whole registers and the padding
/// comes out as zero.
INLINE float exponentials(float *x, size_t n, float scale) {
    scale *= BITS_OF_E;
    size_t whole = n / LANES * LANES, rest = n - whole;
    vf factor = splat(scale), top = splat(peak(x, n)), total = {}; // the difference first: it is 0 for the largest of any size
    for (size_t i = 0; i < whole; i += LANES) {
        vf e = power((load(x + i) - top) * factor);
        total += e;
        store(x + i, e);
    }
    if (rest) {
        vf kept = first_lanes(power((load_part(x + whole, rest) - top) * factor), rest);
        total += kept;
        store(x + whole, kept);
    }
    return sum(total);
}

static void attention_row(const float *q, const float *k, size_t ld, size_t tokens, size_t width, float scale,
                          float *out) {
    for (size_t t = 0; t < tokens; t++, k += ld) out[t] = dot(q, k, width);
    float top = out[0], total = 0;
    for (size_t t = 1; t < tokens; t++) top = out[t] > top ? out[t] : top;
    for (size_t t = 0; t < tokens; t++) total += out[t] = __builtin_expf(scale * (out[t] - top));
    for (size_t t = 0; t < tokens; t++) out[t] /= total;
}
