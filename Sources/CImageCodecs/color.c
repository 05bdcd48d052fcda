#include <string.h>

#include "CImageCodecs.h"
#include "targets.h"

/// Pixels at a time: samples lie apart in planes meanwhile, where a vector holds neighbours of one channel.
enum { block = 128 };

typedef struct {
    int32_t red[block], green[block], blue[block];
} Planes;

CIC_BODY Planes load(const uint8_t *rgb, size_t count) {
    Planes planes;
    memset(&planes, 0, sizeof planes);
    for (size_t i = 0; i < count; i++) {
        planes.red[i] = rgb[3 * i];
        planes.green[i] = rgb[3 * i + 1];
        planes.blue[i] = rgb[3 * i + 2];
    }
    return planes;
}

CIC_BODY void store(const Planes *planes, uint8_t *rgb, size_t count) {
    for (size_t i = 0; i < count; i++) {
        rgb[3 * i] = (uint8_t)planes->red[i];
        rgb[3 * i + 1] = (uint8_t)planes->green[i];
        rgb[3 * i + 2] = (uint8_t)planes->blue[i];
    }
}

CIC_BODY size_t least(size_t a, size_t b) { return a < b ? a : b; }

/// Pillow's `L24`: ITU-R 601-2 luma in 16 fractional bits, rounded.
CIC_BODY int32_t luma(int32_t red, int32_t green, int32_t blue) {
    return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

uint64_t CICLumaSum(const uint8_t *rgb, size_t pixels) {
    uint64_t sum = 0;
    for (size_t i = 0; i < pixels; i++) sum += (uint64_t)luma(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
    return sum;
}

/// Pillow's `ImagingBlend` in single precision: cut off, not rounded.
CIC_BODY int32_t blend(int32_t from, int32_t to, float factor) {
    const float value = (float)from + factor * (float)(to - from);
    return (int32_t)(value <= 0 ? 0 : value >= 255 ? 255 : value);
}

CIC_BODY void CICBlendWithLumaBody(uint8_t *rgb, size_t pixels, float factor) {
    for (size_t start = 0; start < pixels; start += block) {
        const size_t count = least(block, pixels - start);
        Planes planes = load(rgb + 3 * start, count);
        for (size_t i = 0; i < block; i++) {
            const int32_t gray = luma(planes.red[i], planes.green[i], planes.blue[i]);
            planes.red[i] = blend(gray, planes.red[i], factor);
            planes.green[i] = blend(gray, planes.green[i], factor);
            planes.blue[i] = blend(gray, planes.blue[i], factor);
        }
        store(&planes, rgb + 3 * start, count);
    }
}

CIC_FOR_PROCESSOR(CICBlendWithLuma, (uint8_t * rgb, size_t pixels, float factor), (rgb, pixels, factor))

/// Pillow's `rgb2hsv_row`, with its roundings: hue in single precision of double sums.
CIC_BODY void toHSV(int32_t red, int32_t green, int32_t blue, int32_t *hue, int32_t *saturation, int32_t *value) {
    const int32_t high = red > green ? (red > blue ? red : blue) : (green > blue ? green : blue);
    const int32_t low = red < green ? (red < blue ? red : blue) : (green < blue ? green : blue);
    const float chroma = high > low ? (float)(high - low) : 1;
    const float rc = (float)(high - red) / chroma;
    const float gc = (float)(high - green) / chroma;
    const float bc = (float)(high - blue) / chroma;
    const double base = red == high ? 0 : green == high ? 2 : 4;
    const double first = red == high ? bc : green == high ? rc : gc;
    const double second = red == high ? gc : green == high ? bc : rc;
    const float sixths = (float)(base + first - second);
    const double turned = sixths / 6.0 + 1.0;
    const float turn = (float)(turned >= 1 ? turned - 1 : turned);
    *hue = high == low ? 0 : (int32_t)(turn * 255.0);
    *saturation = (int32_t)((float)(high - low) / (float)(high > 0 ? high : 1) * 255.0f);
    *value = high;
}

/// Pillow's `hsv2rgb` in integers, the same for all 2^24 inputs: a sixth of the circle is 42.5 steps of hue.
CIC_BODY void toRGB(int32_t hue, int32_t saturation, int32_t value, int32_t *red, int32_t *green, int32_t *blue) {
    const int32_t sixth = (int32_t)((float)hue * (6.0f / 255.0f));
    const int32_t rest = hue * 6 - sixth * 255;
    const int32_t product = value * (255 - saturation) + 128;
    const int32_t p = (product + (product >> 8)) >> 8;
    const int32_t q = (int32_t)((float)(value * (65025 - saturation * rest)) * (1 / 65025.0f) + 0.5f);
    const int32_t t = (int32_t)((float)(value * (65025 - saturation * (255 - rest))) * (1 / 65025.0f) + 0.5f);
    *red = sixth == 1 ? q : sixth == 2 || sixth == 3 ? p : sixth == 4 ? t : value;
    *green = sixth == 1 || sixth == 2 ? value : sixth == 3 ? q : sixth == 0 || sixth == 6 ? t : p;
    *blue = sixth == 2 ? t : sixth == 3 || sixth == 4 ? value : sixth == 5 ? q : p;
}

CIC_BODY void CICShiftHueBody(uint8_t *rgb, size_t pixels, uint8_t shift) {
    for (size_t start = 0; start < pixels; start += block) {
        const size_t count = least(block, pixels - start);
        Planes planes = load(rgb + 3 * start, count);
        for (size_t i = 0; i < block; i++) {
            int32_t hue, saturation, value;
            toHSV(planes.red[i], planes.green[i], planes.blue[i], &hue, &saturation, &value);
            toRGB((hue + shift) & 255, saturation, value, &planes.red[i], &planes.green[i], &planes.blue[i]);
        }
        store(&planes, rgb + 3 * start, count);
    }
}

CIC_FOR_PROCESSOR(CICShiftHue, (uint8_t * rgb, size_t pixels, uint8_t shift), (rgb, pixels, shift))
