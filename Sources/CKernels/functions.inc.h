// Functions of whole registers: powers, the normal distribution's integral and GELU.
//
// Those called rough are for results that are rounded to 8 bits of mantissa or fewer next.

#define MAGIC 12582912.0f // 1.5·2²³: adding it rounds to the nearest whole number, which then lies in the lowest bits

/// p·2^n, where n is a whole number from -126 to 127 and `shifted` is n + MAGIC. NaN stays NaN, whatever its lower bits say.
INLINE vf times_power(vf p, vf shifted) {
#if LANES == 16
    return (vf)_mm512_scalef_ps((__m512)p, (__m512)(shifted - splat(MAGIC)));
#else
    return choose(p == p, (vf)((vu)p + ((vu)shifted << 23)), p); // n lies in the lowest bits of `shifted`
#endif
}

/// e^x to about 1 ulp for x in [-87, 88]; smaller arguments are taken as -87, larger as 88. NaN stays NaN.
INLINE vf vexp(vf x) {
    x = vmin(splat(88.0f), vmax(splat(-87.0f), x)); // x second: a comparison with NaN is false and chooses it
    vf shifted = fma(x, splat(1.44269504f), splat(MAGIC));
    vf n = shifted - splat(MAGIC);
    vf r = fma(n, splat(-0.693359375f), x); // ln 2 in two parts, so that r keeps its low bits
    r = fma(n, splat(2.12194440e-4f), r);
    vf p = splat(1.0f / 5040);
    p = fma(p, r, splat(1.0f / 720));
    p = fma(p, r, splat(1.0f / 120));
    p = fma(p, r, splat(1.0f / 24));
    p = fma(p, r, splat(1.0f / 6));
    p = fma(p, r, splat(0.5f));
    p = fma(p, r * r, r);
    return times_power(p + 1.0f, shifted);
}

/// The parts of x in [-126, 127]: n + MAGIC, where n is the nearest whole number, and r in [-1/2, 1/2], the rest.
INLINE vf halves_of_power(vf x, vf *r) {
    vf shifted = x + splat(MAGIC);
    *r = x - (shifted - splat(MAGIC));
    return shifted;
}

/// 2^x to about 1 ulp for x up to 127; arguments under -126 are taken as -126. NaN stays NaN.
INLINE vf vexp2(vf x) {
    vf r, shifted = halves_of_power(vmax(splat(-126.0f), x), &r);
    vf p = splat(1.53458117e-04f); // a minimax fit of the relative error, 2e-9
    p = fma(p, r, splat(1.33999312e-03f));
    p = fma(p, r, splat(9.61848895e-03f));
    p = fma(p, r, splat(5.55032877e-02f));
    p = fma(p, r, splat(2.40226469e-01f));
    p = fma(p, r, splat(6.93147206e-01f));
    p = fma(p, r, splat(1.0f));
    return times_power(p, shifted);
}

/// Φ(x), the normal distribution's integral, with |error| ≤ 1e-7.
///
/// erfc(t) = 2^(t·P(t)) on [0, 5], P of degree 8: a minimax fit of log₂ erfc weighted by erfc, which keeps the absolute
/// error of erfc under 3e-9. Beyond t = 5 the tail is taken as its value there, under 1e-12.
INLINE vf vnormal(vf x) {
    vf t = vmin(vmax(x, -x) * 0.70710678f, splat(5.0f));
    vf p = splat(1.1603825e-05f);
    p = fma(p, t, splat(-0.00015295444f));
    p = fma(p, t, splat(0.00084819389f));
    p = fma(p, t, splat(-0.002274699f));
    p = fma(p, t, splat(8.4700783e-05f));
    p = fma(p, t, splat(0.027724549f));
    p = fma(p, t, splat(-0.14830793f));
    p = fma(p, t, splat(-0.9184429f));
    p = fma(p, t, splat(-1.6279073f));
    vf tail = vexp2(p * t) * 0.5f;
    return choose(x > 0.0f, 1.0f - tail, tail);
}

/// x·Φ(x), exact-erf GELU, with |error| ≤ 1e-7·|x|.
INLINE vf vgelu(vf x) { return x * vnormal(x); }

/// x·Φ(x) with |error| ≤ 2e-4, for results that are rounded to 8 bits of mantissa or fewer next: Φ(t) - 1/2 on [-4, 4] as t·P(t²), P
/// of degree 6, a minimax fit of t·Φ(t). In float32 it is 1/2 at t = 4 to the bit, so that far numbers become themselves or 0.
INLINE vf vgelu_rough(vf x) {
    vf t = vmin(vmax(x, splat(-4.0f)), splat(4.0f)), square = t * t;
    vf p = splat(2.25883294e-08f);
    p = fma(p, square, splat(-1.58883461e-06f));
    p = fma(p, square, splat(4.77640679e-05f));
    p = fma(p, square, splat(-8.12189654e-04f));
    p = fma(p, square, splat(8.76370538e-03f));
    p = fma(p, square, splat(-6.45544678e-02f));
    p = fma(p, square, splat(3.97870302e-01f));
    return x * fma(p, t, splat(0.5f));
}

/// 2^x with a relative error under 8e-5, otherwise the same, for powers that are rounded to 8 bits of mantissa next.
INLINE vf vexp2_rough(vf x) {
    vf r, shifted = halves_of_power(vmax(splat(-126.0f), x), &r);
    vf p = splat(5.517167e-02f);
    p = fma(p, r, splat(2.4261112e-01f));
    p = fma(p, r, splat(6.9326099e-01f));
    p = fma(p, r, splat(9.9992807e-01f));
    return times_power(p, shifted);
}
