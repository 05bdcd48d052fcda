// Where the model's patches lie in a photograph. Preprocessing leaves of it a rectangle in its middle, which the grid divides
// evenly; the arithmetic is the server's (`Preprocessing.coverage`, `PatchGrid`), so that both mean the same pixels.

let model = null;
export const useModel = (description) => { model = description; };

// The grid over a photograph of `width` × `height` pixels whose input has a side of `size`.
export class Grid {
  constructor(width, height, size) {
    const { fit, resize, crop } = model.preprocessing;
    const shorter = size === crop ? resize : Math.max(size, Math.round((resize * size) / crop));
    const run = (length) => {
      const resized = fit === "squash" ? shorter : (shorter * length) / Math.min(width, height);
      const share = size / resized;
      return [(0.5 - share / 2) * length, (0.5 + share / 2) * length];
    };
    Object.assign(this, { width, height, side: Math.floor(size / model.architecture.patch_size) });
    [this.left, this.right] = run(width);
    [this.top, this.bottom] = run(height);
  }

  get stepX() { return (this.right - this.left) / this.side; }
  get stepY() { return (this.bottom - this.top) / this.side; }

  // The patch that a place lies in, null where the crop cut it off.
  patchAt(x, y) {
    if (x < this.left || x >= this.right || y < this.top || y >= this.bottom) return null;
    const place = (at, start, step) => Math.min(Math.floor((at - start) / step), this.side - 1);
    return { row: place(y, this.top, this.stepY), column: place(x, this.left, this.stepX) };
  }

  // The middle of a patch, in pixels of the photograph.
  middle({ row, column }) {
    return [this.left + (column + 0.5) * this.stepX, this.top + (row + 0.5) * this.stepY];
  }

  // How many of the photograph's pixels have their middle in one of the patches of a mask.
  pixels(mask) {
    const edges = (start, step, length) => Array.from({ length: this.side + 1 }, (_, patch) =>
      Math.min(Math.max(Math.ceil(start + patch * step - 0.5 - 1e-6), 0), length));
    const columns = edges(this.left, this.stepX, this.width);
    const rows = edges(this.top, this.stepY, this.height);
    let count = 0;
    for (let index = 0; index < mask.length; index += 1) {
      if (!mask[index]) continue;
      const row = Math.floor(index / this.side), column = index % this.side;
      count += (columns[column + 1] - columns[column]) * (rows[row + 1] - rows[row]);
    }
    return count;
  }
}
