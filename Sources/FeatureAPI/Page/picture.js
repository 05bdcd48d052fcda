// The photograph on a canvas with what is drawn over it: colours on the grid, a veil outside of a mask, an outline, one
// patch. Everything is given in the grid's own terms, and `Grid` knows where that lies in the photograph.

import { outline } from "/page/mask.js";

const veil = "rgb(14 14 18 / 0.62)";

// Fits a canvas to a photograph: enough pixels to be sharp, whatever the photograph has.
function fit(canvas, photograph, longest) {
  const factor = longest / Math.max(photograph.width, photograph.height);
  const width = Math.max(1, Math.round(photograph.width * factor));
  const height = Math.max(1, Math.round(photograph.height * factor));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}

// Draws a photograph and its layers:
//   grid     where the model's square lies
//   heat     a canvas of one pixel a patch (or more), stretched over the square; `smooth` interpolates between them
//   mask     1 for each patch that stays bright; all else is veiled, and the mask gets an outline
//   rings    the same as polygons in the photograph's pixels
//   cell     a patch with a frame
export function compose(canvas, photograph, { grid, heat, smooth = false, mask, rings, cell, longest = 1200 } = {}) {
  fit(canvas, photograph, longest);
  const context = canvas.getContext("2d");
  const scale = canvas.width / photograph.width;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(photograph.bitmap, 0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const square = grid && squareOf(grid, scale);
  if (mask) veilPatches(context, grid.side, mask, square);
  if (mask || heat) veilUnseen(context, photograph, square);
  if (rings) veilRings(context, photograph, rings, scale);
  if (heat) {
    context.imageSmoothingEnabled = smooth;
    context.drawImage(heat, ...square);
  }
  const inPatches = (work) => {
    context.save();
    context.translate(grid.left, grid.top);
    context.scale(grid.stepX, grid.stepY);
    work(grid.stepX * scale);
    context.restore();
  };
  if (mask) inPatches((pixels) => stroke(context, outline(mask, grid.side), pixels));
  if (cell) inPatches((pixels) => {
    const frame = new Path2D();
    frame.rect(cell.column, cell.row, 1, 1);
    stroke(context, frame, pixels);
  });
  canvas.dataset.revision = String(Number(canvas.dataset.revision) + 1);
}

// A white line with a dark edge can be seen on everything.
function stroke(context, path, pixels) {
  context.lineJoin = context.lineCap = "round";
  for (const [color, width] of [["rgb(0 0 0 / 0.75)", 5], ["#fff", 2]]) {
    context.strokeStyle = color;
    context.lineWidth = width / pixels;
    context.stroke(path);
  }
}

// The grid's left, top, width and height on whole pixels of the canvas, so that what meets there leaves no seam.
function squareOf({ left, top, right, bottom }, scale) {
  const [x0, y0, x1, y1] = [left, top, right, bottom].map((edge) => Math.round(edge * scale) / scale);
  return [x0, y0, x1 - x0, y1 - y0];
}

function veilPatches(context, side, mask, square) {
  const cover = new OffscreenCanvas(side, side);
  const pixels = new ImageData(side, side);
  mask.forEach((isKept, index) => pixels.data.set([14, 14, 18, isKept ? 0 : 158], 4 * index));
  cover.getContext("2d").putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(cover, ...square);
}

// What the crop cut off is dimmed too: nothing is known about it.
function veilUnseen(context, photograph, square) {
  const around = new Path2D();
  around.rect(0, 0, photograph.width, photograph.height);
  around.rect(...square);
  context.fillStyle = veil;
  context.fill(around, "evenodd");
}

function veilRings(context, photograph, rings, scale) {
  const line = new Path2D();
  for (const ring of rings) {
    ring.forEach(([x, y], index) => (index ? line.lineTo(x, y) : line.moveTo(x, y)));
    line.closePath();
  }
  const around = new Path2D(line);
  around.rect(0, 0, photograph.width, photograph.height);
  context.fillStyle = veil;
  context.fill(around, "evenodd");
  stroke(context, line, scale);
}

// Where an event of the pointer is, in pixels of the photograph.
export function placeOf(event, canvas, photograph) {
  const box = canvas.getBoundingClientRect();
  return [
    ((event.clientX - box.left) / box.width) * photograph.width, ((event.clientY - box.top) / box.height) * photograph.height,
  ];
}

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
