// Colours for labels that people with any colour vision can tell apart, and that stand out on light and on dark: those of
// Okabe and Ito (2008), the yellow and the black replaced. Beyond them a shape tells labels apart as well.

const colors = ["#0079b8", "#e08a00", "#009e73", "#c9579a", "#d1480a", "#4aa8e0", "#8a6fd1", "#8c7a1f"];
const shapes = ["disc", "square", "triangle"];

export const other = { color: "#8b8b8b", shape: "disc" };

// The most frequent labels get a colour and a shape each; the rest, and images without one, are grey.
export function styles(counts) {
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
