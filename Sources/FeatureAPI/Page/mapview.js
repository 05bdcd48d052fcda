// The canvas of the map: points in their labels' colours, or thumbnails where few enough are in view. It knows where every
// image lies on the screen, and nothing of requests.

import { perFrame } from "/page/dom.js";
import { thumbnailOf } from "/page/images.js";

const margin = 28;
const mostThumbnails = 90;

// Colours for labels that people with any colour vision can tell apart, and that stand out on light and on dark: those of
// Okabe and Ito (2008), the yellow and the black replaced. Beyond them a shape tells labels apart as well.

const colors = ["#0079b8", "#e08a00", "#009e73", "#c9579a", "#d1480a", "#4aa8e0", "#8a6fd1", "#8c7a1f"];
const shapes = ["disc", "square", "triangle"];

const other = { color: "#8b8b8b", shape: "disc" };

// The most frequent labels get a colour and a shape each; the rest, and images without one, are grey.
function styles(counts) {
  const frequent = [...counts].filter(([label]) => label !== null).sort(([, one], [, two]) => two - one).slice(0, colors.length * shapes.length);
  return new Map(frequent.map(([label], index) => [label, {
    color: colors[index % colors.length], shape: shapes[Math.floor(index / colors.length)],
  }]));
}

// Draws a mark of a style around a place.
export function mark(context, { shape }, x, y, radius) {
  // A few pixels have no shape, and a hundred thousand of them no time for a path.
  if (radius < 2) return context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  context.beginPath();
  if (shape === "disc") context.arc(x, y, radius, 0, 2 * Math.PI);
  else if (shape === "square") context.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  else {
    context.moveTo(x, y - radius * 1.2);
    context.lineTo(x + radius * 1.1, y + radius * 0.8);
    context.lineTo(x - radius * 1.1, y + radius * 0.8);
    context.closePath();
  }
  context.fill();
}

export class MapView {
  constructor(canvas) {
    Object.assign(this, { canvas, ids: [], x: [], y: [], styles: new Map(), selected: new Set(), scale: 1, left: 0, top: 0 });
    // The label that is picked out, undefined for none; the lasso's corners while it is drawn.
    Object.assign(this, { picked: undefined, lasso: null, thumbnails: new Map(), fits: true });
    this.draw = perFrame(() => this.paint());
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  // Takes the columns of an answer of `/v1/map`; `labels[label[i]]` is the label of image i.
  show({ ids, x, y, labels, label, method, generation }) {
    const names = label.map((index) => (index === null ? null : labels[index]));
    const counts = new Map();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    const chosen = styles(counts);
    // Of one label after the other, so that colours change seldom; grey ones lie below.
    const rank = new Map([...chosen.keys()].map((name, place) => [name, place]));
    const order = Array.from(names.keys()).sort((one, two) => (rank.get(names[one]) ?? -1) - (rank.get(names[two]) ?? -1));
    // What is gone is not selected any more.
    const placeOf = new Map(ids.map((id, index) => [id, index]));
    this.selected = new Set([...this.selected].filter((id) => placeOf.has(id)));
    Object.assign(this, {
      ids, names, counts, placeOf, styles: chosen, order: Uint32Array.from(order), x: Float64Array.from(x), y: Float64Array.from(y),
    });
    // Places of one layout mean nothing in another.
    const layout = `${method} ${generation}`;
    if (this.fits || layout !== this.layout) this.fit();
    this.layout = layout;
    this.draw();
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0) return;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    Object.assign(this.canvas, { width: Math.round(clientWidth * ratio), height: Math.round(clientHeight * ratio) });
    this.ratio = ratio;
    if (this.fits) this.fit();
    this.paint();
  }

  get width() { return this.canvas.clientWidth; }
  get height() { return this.canvas.clientHeight; }

  // Everything in view, in the middle.
  fit() {
    const extent = (values) => [values.reduce((low, value) => Math.min(low, value), Infinity),
      values.reduce((high, value) => Math.max(high, value), -Infinity)];
    const [x0, x1] = extent(this.x), [y0, y1] = extent(this.y);
    if (!(x1 >= x0)) return;
    this.fits = true;
    this.scale = Math.min((this.width - 2 * margin) / Math.max(x1 - x0, 1e-6), (this.height - 2 * margin) / Math.max(y1 - y0, 1e-6));
    this.left = this.width / 2 - ((x0 + x1) / 2) * this.scale;
    this.top = this.height / 2 + ((y0 + y1) / 2) * this.scale;
    this.draw();
  }

  // Where an image lies, in CSS pixels of the canvas; y of the map goes up.
  screenX(index) { return this.left + this.x[index] * this.scale; }
  screenY(index) { return this.top - this.y[index] * this.scale; }

  move(dx, dy) {
    this.fits = false;
    this.left += dx;
    this.top += dy;
    this.draw();
  }

  // Zooms around a place of the canvas.
  zoom(factor, [x, y] = [this.width / 2, this.height / 2]) {
    const scale = Math.min(Math.max(this.scale * factor, 20), 2e6);
    const by = scale / this.scale;
    this.fits = false;
    this.scale = scale;
    this.left = x + (this.left - x) * by;
    this.top = y + (this.top - y) * by;
    this.draw();
  }

  // The image nearest to a place, null where none is within `reach`.
  nearest([x, y], reach = 14) {
    let best = null, least = reach * reach;
    for (let index = 0; index < this.ids.length; index += 1) {
      const distance = (this.screenX(index) - x) ** 2 + (this.screenY(index) - y) ** 2;
      if (distance < least) [best, least] = [index, distance];
    }
    return best;
  }

  paint() {
    if (!this.order) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.ratio ?? 1, 0, 0, this.ratio ?? 1, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const right = this.width + margin, bottom = this.height + margin;
    const visible = this.order.filter((index) => {
      const x = this.screenX(index), y = this.screenY(index);
      return x > -margin && y > -margin && x < right && y < bottom;
    });
    this.ink = getComputedStyle(this.canvas).color;
    const areThumbnails = visible.length <= mostThumbnails && !this.fits;
    const radius = visible.length > 20_000 ? 1.6 : visible.length > 3000 ? 2.6 : 4.2;
    for (const index of visible) this.paintOne(context, index, areThumbnails, radius);
    if (this.lasso) this.paintLasso(context);
    this.canvas.dataset.points = String(visible.length);
  }

  paintOne(context, index, isThumbnail, radius) {
    const x = this.screenX(index), y = this.screenY(index);
    const name = this.names[index], style = this.styles.get(name) ?? other;
    const isSelected = this.selected.has(this.ids[index]);
    const isPale = this.picked !== undefined && this.picked !== name;
    context.globalAlpha = isPale ? 0.12 : 0.85;
    context.fillStyle = style.color;
    const image = isThumbnail && !isPale && this.thumbnail(this.ids[index]);
    if (image) {
      const [width, height] = this.extent(image);
      context.globalAlpha = 1;
      context.fillRect(x - width / 2 - 2, y - height / 2 - 2, width + 4, height + 4);
      context.drawImage(image, x - width / 2, y - height / 2, width, height);
    } else mark(context, style, x, y, radius);
    if (isSelected) {
      const [width, height] = image ? this.extent(image).map((length) => length + 6) : [2 * radius + 5, 2 * radius + 5];
      context.globalAlpha = 1;
      context.strokeStyle = this.ink;
      context.lineWidth = image ? 2.5 : 1.5;
      context.strokeRect(x - width / 2, y - height / 2, width, height);
    }
    context.globalAlpha = 1;
  }

  // An image's thumbnail once it is there; the map is drawn again when it comes.
  thumbnail(id) {
    if (!this.thumbnails.has(id)) {
      if (this.thumbnails.size > 800) this.thumbnails.clear();
      const image = new Image();
      image.onload = this.draw;
      image.src = thumbnailOf(id);
      this.thumbnails.set(id, image);
    }
    const image = this.thumbnails.get(id);
    return image.complete && image.naturalWidth > 0 ? image : null;
  }

  // The sides at which a thumbnail is drawn.
  extent({ naturalWidth: width, naturalHeight: height }) {
    return [width, height].map((length) => (52 * length) / Math.max(width, height));
  }

  paintLasso(context) {
    const path = new Path2D();
    this.lasso.forEach(([x, y], corner) => (corner ? path.lineTo(x, y) : path.moveTo(x, y)));
    path.closePath();
    context.strokeStyle = this.ink;
    context.lineWidth = 1.5;
    context.setLineDash([6, 5]);
    context.stroke(path);
    context.setLineDash([]);
    context.globalAlpha = 0.08;
    context.fillStyle = this.ink;
    context.fill(path);
    context.globalAlpha = 1;
  }
}
