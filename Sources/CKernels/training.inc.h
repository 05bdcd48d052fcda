// Kernels that only training needs: the backward twins of the row-wise layers, the loss, the optimiser.

static void layer_norm_backward(const float *x, size_t ldx, const float *dy, size_t lddy, size_t m, size_t n,
                                const float *weight, float epsilon, float *dx, size_t lddx, float *dweight,
                                float *dbias) {
    size_t whole = n / LANES * LANES, rest = n - whole;
    for (size_t row = 0; row < m; row++, x += ldx, dy += lddy, dx += lddx) {
        vf total = rest ? load_part(x + whole, rest) : (vf){};
        for (size_t i = 0; i < whole; i += LANES) total += load(x + i);
        float mean = sum(total) / (float)n;
        vf squares = {};
        for (size_t i = 0; i < whole; i += LANES) {
            vf d = load(x + i) - mean;
            squares = fma(d, d, squares);
        }
        float square = sum(squares);
        for (size_t i = whole; i < n; i++) square += (x[i] - mean) * (x[i] - mean);
        float scale = 1.0f / __builtin_sqrtf(square / (float)n + epsilon);

        // With x̂ the normalised row and g = dy·weight: dx = scale·(g - mean(g) - x̂·mean(g·x̂)).
        vf plain = {}, along = {};
        for (size_t i = 0; i < whole; i += LANES) {
            vf d = load(dy + i), normal = (load(x + i) - mean) * scale, g = d * load(weight + i);
            store(dweight + i, fma(d, normal, load(dweight + i)));
            store(dbias + i, load(dbias + i) + d);
            plain += g;
            along = fma(g, normal, along);
        }
        float mean_g = sum(plain), mean_along = sum(along);
        for (size_t i = whole; i < n; i++) {
            float normal = (x[i] - mean) * scale, g = dy[i] * weight[i];
            dweight[i] += dy[i] * normal;
            dbias[i] += dy[i];
            mean_g += g;
            mean_along += g * normal;
        }
        mean_g /= (float)n;
        mean_along /= (float)n;
        for (size_t i = 0; i < whole; i += LANES) {
            vf normal = (load(x + i) - mean) * scale, g = load(dy + i) * load(weight + i);
            store(dx + i, fma(g - mean_g - normal * mean_along, splat(scale), load(dx + i)));
        }
        for (size_t i = whole; i < n; i++) {
            float normal = (x[i] - mean) * scale, g = dy[i] * weight[i];
            dx[i] += scale * (g - mean_g - normal * mean_along);
        }
    }
}

static void gelu(const float *x, size_t ldx, size_t m, size_t n, float *y, size_t ldy) {
    size_t whole = n / LANES * LANES, rest = n - whole;
    for (size_t row = 0; row < m; row++, x += ldx, y += ldy) {
        for (size_t i = 0; i < whole; i += LANES) store(y + i, vgelu(load(x + i)));
        if (rest) store_part(y + whole, vgelu(load_part(x + whole, rest)), rest);
    }
}

/// gelu'(x) = Φ(x) + x·φ(x)
INLINE vf vgelu_slope(vf x) {
    vf bell = vexp(x * x * splat(-0.5f)) * 0.398942280f;
    return fma(x, bell, vnormal(x));
}

static void gelu_backward(const float *x, size_t ldx, const float *dy, size_t lddy, size_t m, size_t n, float *dx,
                          size_t lddx) {
    size_t whole = n / LANES * LANES, rest = n - whole;
    for (size_t row = 0; row < m; row++, x += ldx, dy += lddy, dx += lddx) {
        for (size_t i = 0; i < whole; i += LANES) store(dx + i, vgelu_slope(load(x + i)) * load(dy + i));
        if (rest)
            store_part(dx + whole, vgelu_slope(load_part(x + whole, rest)) * load_part(dy + whole, rest), rest);
    }
}

static void column_sums(const float *x, size_t ldx, size_t m, size_t n, float *sums) {
    size_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) { // four registers of sums, so that rows do not wait for each other
        vf a = load(sums + i), b = load(sums + i + LANES), c = load(sums + i + 2 * LANES), d = load(sums + i + 3 * LANES);
        for (const float *place = x + i, *end = place + m * ldx; place != end; place += ldx) {
            a += load(place);
            b += load(place + LANES);
            c += load(place + 2 * LANES);
            d += load(place + 3 * LANES);
        }
        store(sums + i, a);
        store(sums + i + LANES, b);
        store(sums + i + 2 * LANES, c);
        store(sums + i + 3 * LANES, d);
    }
    for (; i < n; i += LANES) {
        size_t count = n - i < LANES ? n - i : LANES;
        vf a = load_part(sums + i, count);
        for (size_t row = 0; row < m; row++) a += load_part(x + row * ldx + i, count);
        store_part(sums + i, a, count);
    }
}

static float softmax(const float *x, const float *center, size_t n, float scale, float *p) {
    for (size_t i = 0; i < n; i++) p[i] = x[i] - center[i];
    float top = peak(p, n);
    // H = ln Σe - Σ e·s / Σe with s the scaled distance to the largest.
    size_t whole = n / LANES * LANES;
    vf total = {}, weighted = {};
    for (size_t i = 0; i < whole; i += LANES) {
        vf s = (load(p + i) - top) * scale, e = vexp(s);
        total += e;
        weighted = fma(e, s, weighted);
        store(p + i, e);
    }
    float mass = sum(total), tilt = sum(weighted);
    for (size_t i = whole; i < n; i++) {
        float s = (p[i] - top) * scale;
        p[i] = __builtin_expf(s);
        mass += p[i];
        tilt += p[i] * s;
    }
    float inverse = 1.0f / mass;
    for (size_t i = 0; i < n; i++) p[i] *= inverse;
    return __builtin_logf(mass) - tilt * inverse;
}

static float cross_entropy(const float *z, const float *target, size_t n, float mass, float scale, float step,
                           float *dz) {
    float top = peak(z, n);
    size_t whole = n / LANES * LANES;
    vf total = {}, agreement = {};
    for (size_t i = 0; i < whole; i += LANES) {
        vf s = (load(z + i) - top) * scale;
        agreement = fma(load(target + i), s, agreement);
        vf e = vexp(s);
        total += e;
        store(dz + i, e);
    }
    float sum_e = sum(total), dot_t = sum(agreement);
    for (size_t i = whole; i < n; i++) {
        float s = (z[i] - top) * scale;
        dot_t += target[i] * s;
        dz[i] = __builtin_expf(s);
        sum_e += dz[i];
    }
    float factor = mass / sum_e;
    for (size_t i = 0; i < n; i++) dz[i] = step * (dz[i] * factor - target[i]);
    return mass * __builtin_logf(sum_e) - dot_t;
}

INLINE void adamw_lanes(vf *p, vf g, vf *m, vf *v, const dk_adamw *r, float keep, float rate, float root) {
    g = g * r->gradient_scale;
    *m = fma(*m, splat(r->beta1), g * r->share1);
    *v = fma(*v, splat(r->beta2), g * g * r->share2);
    vf spread = __builtin_elementwise_sqrt(*v); // sqrtf would set errno, and so be a branch and a call a lane
    *p = *p * keep - *m * rate / fma(spread, splat(root), splat(r->epsilon));
}

static void adamw(float *p, const float *g, float *m, float *v, size_t n, dk_adamw r) {
    float keep = 1.0f - r.lr * r.decay, rate = r.lr / r.correction1, root = 1.0f / __builtin_sqrtf(r.correction2);
    for (size_t i = 0; i < n; i += LANES) {
        size_t count = n - i < LANES ? n - i : LANES;
        vf a = load_part(p + i, count), b = load_part(m + i, count), c = load_part(v + i, count);
        adamw_lanes(&a, load_part(g + i, count), &b, &c, &r, keep, rate, root);
        store_part(p + i, a, count);
        store_part(m + i, b, count);
        store_part(v + i, c, count);
    }
}

static void average(float *t, const float *s, size_t n, float momentum) {
    for (size_t i = 0; i < n; i++) t[i] = momentum * t[i] + (1.0f - momentum) * s[i];
}

static double sum_squares(const float *x, size_t n) {
    double parts[8] = {};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) parts[j] += (double)x[i + j] * x[i + j];
    for (; i < n; i++) parts[0] += (double)x[i] * x[i];
    return ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]));
}
