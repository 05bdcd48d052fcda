// Kernels that work row by row: layer norm, the gate of SwiGLU, softmax.

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
    size_t whole = n / LANES * LANES;
    vf best = splat(x[0]);
    for (size_t i = 0; i < whole; i += LANES) best = vmax(best, load(x + i));
    float top = largest(best);
    for (size_t i = whole; i < n; i++) top = x[i] > top ? x[i] : top;
    return top;
}

INLINE vf power(vf x, bool rough) { return rough ? vexp2_rough(x) : vexp(x); }

/// x ← exp(scale·(x - max x)) over `n` floats; returns their sum. The row is padded to whole registers and the padding
/// comes out as zero. `rough` is a constant at every call.
INLINE float exponentials(float *x, size_t n, float scale, bool rough) {
    if (rough) scale *= 1.44269504f; // the powers are those of 2
    size_t whole = n / LANES * LANES, rest = n - whole;
    vf factor = splat(scale), shift = splat(-scale * peak(x, n)), total = {};
    for (size_t i = 0; i < whole; i += LANES) {
        vf e = power(fma(load(x + i), factor, shift), rough);
        total += e;
        store(x + i, e);
    }
    if (rest) {
        vf kept = first_lanes(power(fma(load_part(x + whole, rest), factor, shift), rough), rest);
        total += kept;
        store(x + whole, kept);
    }
    return sum(total);
}
