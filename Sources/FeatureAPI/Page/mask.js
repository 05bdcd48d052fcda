// The mask of an attention by the rule of DINO's `visualize_attention.py`, in the server's arithmetic: patches in rising
// order, their shares added up, those from where the sum exceeds 1 - mass are kept. Shares and comparisons are in single
// precision, sums are carried in double, of equal patches the earlier goes first: every patch falls on the server's side.

const single = Math.fround;

// A map with its patches in rising order and the running sums, from which a mask of any mass is one pass.
export function ranked(values) {
  let total = 0;
  for (const value of values) total += value;
  total = single(total);
  const order = Uint32Array.from(values.keys()).sort((one, other) => values[one] - values[other]);
  let sum = 0;
  const sums = Float32Array.from(order, (index) => (sum += total > 0 ? single(values[index] / total) : 0));
  return { values, order, sums, total };
}

// The value that gets the lightest colour: the 98 % quantile, so that a few patches that stand out do not leave all others
// dark; the largest where that is 0.
export function lightest({ values, order }) {
  const place = 0.98 * (order.length - 1), index = Math.floor(place);
  const [low, high] = [values[order[index]], values[order[Math.min(index + 1, order.length - 1)]]];
  return low + (place - index) * (high - low) || values[order.at(-1)];
}

// 1 for each patch that belongs to the mask holding more than `mass`.
export function keepingMass(mass, { order, sums, total }) {
  const mask = new Uint8Array(order.length);
  if (total <= 0) return mask;
  const bound = single(1 - single(mass));
  for (let place = 0; place < order.length; place += 1) {
    if (sums[place] > bound) mask[order[place]] = 1;
  }
  return mask;
}

// The sides of the mask's patches that have no neighbour in it, as a path in patches from the grid's corner.
export function outline(mask, side) {
  const path = new Path2D();
  const has = (row, column) => row >= 0 && column >= 0 && row < side && column < side && mask[row * side + column];
  const line = (x0, y0, x1, y1) => {
    path.moveTo(x0, y0);
    path.lineTo(x1, y1);
  };
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      if (!has(row, column)) continue;
      if (!has(row - 1, column)) line(column, row, column + 1, row);
      if (!has(row + 1, column)) line(column, row + 1, column + 1, row + 1);
      if (!has(row, column - 1)) line(column, row, column, row + 1);
      if (!has(row, column + 1)) line(column + 1, row, column + 1, row + 1);
    }
  }
  return path;
}
