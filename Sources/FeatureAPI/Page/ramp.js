// The colours of numbers from 0 to 1, the same as in the server's pictures: in Oklab (Björn Ottosson, 2020) lightness rises
// evenly from 0.25 to 0.95 while the hue turns from violet over blue and green to yellow. In greys it is still in order.

const encoded = (linear) => (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);

function linearRGB(lightness, a, b) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function color(share) {
  const lightness = 0.25 + 0.7 * share;
  const hue = ((300 - 195 * share) * Math.PI) / 180;
  const at = (chroma) => linearRGB(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue));
  let chroma = 0.15;
  while (chroma > 0.001 && at(chroma).some((part) => part < 0 || part > 1)) chroma *= 0.98;
  return at(chroma).map((part) => Math.round(encoded(Math.min(Math.max(part, 0), 1)) * 255));
}

// 256 colours, three bytes each.
const colors = Uint8Array.from(Array.from({ length: 256 }, (_, step) => color(step / 255)).flat());

// A canvas of one pixel a value; `opacity` of a share says how much of what is below it hides.
export function painted(values, width, height, { low = 0, high = 1, opacity = () => 1 } = {}) {
  const canvas = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  const span = high > low ? high - low : 1;
  for (let index = 0; index < width * height; index += 1) {
    const share = Math.min(Math.max((values[index] - low) / span, 0), 1);
    const start = 3 * Math.round(share * 255);
    image.data.set(colors.subarray(start, start + 3), 4 * index);
    image.data[4 * index + 3] = Math.round(255 * opacity(share, index));
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// The ramp itself, for the scale below the picture.
export function paintRamp(canvas) {
  const steps = Float32Array.from({ length: canvas.width }, (_, step) => step / (canvas.width - 1));
  canvas.getContext("2d").drawImage(painted(steps, canvas.width, 1), 0, 0);
}
