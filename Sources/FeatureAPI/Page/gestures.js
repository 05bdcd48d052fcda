// Hands on the map: drag to move, wheel or two fingers to zoom, Shift or the lasso button to draw around images, and the same
// by keyboard. `hands` says what a gesture means: `choose(index)`, `point(index, place)`,
// `select(indices)`, `toggle(index)`.

const keyStep = 48;

// The lasso's corners are at least this far apart, in CSS pixels.
const leastSide = 3;

// Whether a place lies in a polygon: a ray to the right crosses its sides an odd number of times.
function isInside(x, y, corners) {
  let inside = false;
  for (let one = 0, two = corners.length - 1; one < corners.length; two = one, one += 1) {
    const [x1, y1] = corners[one], [x2, y2] = corners[two];
    if ((y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

// The images inside of the corners; only for those in the box around them the sides are counted.
function enclosed(view, corners) {
  const [xs, ys] = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return Array.from(view.ids.keys()).filter((index) => {
    const x = view.screenX(index), y = view.screenY(index);
    return x >= left && x <= right && y >= top && y <= bottom && isInside(x, y, corners);
  });
}

export function startGestures(view, { isLasso, choose, point, select, toggle }) {
  const { canvas } = view;
  const fingers = new Map();
  let travelled = 0;

  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const middle = () => {
    const places = [...fingers.values()];
    return [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
  };
  const spread = () => {
    const [[x1, y1], [x2, y2]] = [...fingers.values()];
    return Math.hypot(x1 - x2, y1 - y2);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, placeOf(event));
    if (fingers.size === 1) {
      travelled = 0;
      if (event.shiftKey || isLasso()) view.lasso = [placeOf(event)];
    } else view.lasso = null;
    point(null);
  });

  canvas.addEventListener("pointermove", (event) => {
    const place = placeOf(event), before = fingers.get(event.pointerId);
    if (!before) return point(view.nearest(place), place);
    travelled += Math.hypot(place[0] - before[0], place[1] - before[1]);
    if (view.lasso) {
      fingers.set(event.pointerId, place);
      const [x, y] = view.lasso.at(-1);
      if (Math.hypot(place[0] - x, place[1] - y) < leastSide) return;
      view.lasso.push(place);
      return view.draw();
    }
    if (fingers.size === 1) {
      fingers.set(event.pointerId, place);
      canvas.classList.add("dragging");
      return view.move(place[0] - before[0], place[1] - before[1]);
    }
    const [center, apart] = [middle(), spread()];
    fingers.set(event.pointerId, place);
    const now = middle();
    view.move(now[0] - center[0], now[1] - center[1]);
    if (fingers.size === 2) view.zoom(spread() / Math.max(apart, 1), now);
  });

  const lift = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    canvas.classList.remove("dragging");
    const corners = view.lasso;
    view.lasso = null;
    if (event.type === "pointercancel") return view.draw();
    if (corners && travelled > 8) {
      select(enclosed(view, corners));
    } else if (travelled < 5) {
      const index = view.nearest(placeOf(event));
      if (index !== null) choose(index);
    }
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => point(null));

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    view.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)), placeOf(event));
  }, { passive: false });

  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [keyStep, 0], ArrowRight: [-keyStep, 0], ArrowUp: [0, keyStep], ArrowDown: [0, -keyStep] };
    const center = [view.width / 2, view.height / 2], middle = view.nearest(center, Infinity);
    if (moves[event.key]) view.move(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") view.zoom(1.3);
    else if (event.key === "-") view.zoom(1 / 1.3);
    else if (event.key === "0") view.fit();
    else if (event.key === "Enter" && middle !== null) return choose(middle);
    else if (event.key === " " && middle !== null) {
      event.preventDefault();
      return toggle(middle);
    } else return;
    event.preventDefault();
    // By keyboard the image in the middle is the one that is pointed at.
    const index = view.nearest(center, Infinity);
    if (index !== null) point(index, [view.screenX(index), view.screenY(index)], true);
  });
  canvas.addEventListener("blur", () => point(null));
}
