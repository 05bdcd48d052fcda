// Click a patch, see what is like it. The features of all patches are in the browser, so the cosines follow the pointer; a
// click pins a patch, and the server then looks for that region in the collection.

import { $, complain, el, fill, perFrame, say } from "/page/dom.js";
import { floats, send } from "/page/api.js";
import { Grid } from "/page/grid.js";
import { remembered, describe } from "/page/scene.js";
import { compose, painted, placeOf } from "/page/picture.js";
import { clearRegions, findRegions } from "/page/regions.js";

let scene = null;
let features = null;
// The photographs that may stand beside it, the one that was chosen, and that one with its features once they are there.
let offered = [];
let second = null;
let other = null;
// The patch that was clicked, and the one below the pointer or moved to by keys.
let pinned = null;
let pointed = null;

const ask = ({ photograph, size, signal }) => send("/v1/embeddings", {
  method: "POST", body: photograph.blob, signal, query: { features: "patches", size },
  headers: { "Content-Type": "application/octet-stream", Accept: "application/octet-stream" },
}).then(floats).then(({ shape: [, , width], values }) => ({ width, values }));

const patchesOf = (of) => remembered(of, `patches-${of.size}`, () => ask(of));

// The cosine of one patch with every one of `all`; both have length 1.
function cosines({ width, values }, patch, all) {
  const query = values.subarray(patch * width, (patch + 1) * width);
  const result = new Float32Array(all.values.length / width);
  for (let index = 0, start = 0; index < result.length; index += 1, start += width) {
    let sum = 0;
    for (let place = 0; place < width; place += 1) sum += query[place] * all.values[start + place];
    result[index] = sum;
  }
  return result;
}

const isShown = () => scene && !scene.signal.aborted && $("view-similarity").checked && features;

function draw() {
  if (!isShown()) return;
  const { grid, photograph, picture } = scene;
  const cell = pointed ?? pinned ?? { row: grid.side >> 1, column: grid.side >> 1 };
  const patch = cell.row * grid.side + cell.column;
  const values = cosines(features, patch, features);
  const beside = other && cosines(features, patch, other.features);
  // From the mean to the largest: what is less alike than patches are on average stays dark.
  const low = Math.max(0, values.reduce((sum, value) => sum + value, 0) / values.length);
  const look = { low, high: 1, opacity: (share) => 0.45 + 0.4 * share };
  compose(picture, photograph, { grid, cell, smooth: true, heat: painted(values, grid.side, grid.side, look) });
  if (beside) drawSecond(beside, look);
  describe(
    scene, "similarity",
    `how alike every patch is to the one in row ${cell.row + 1}, column ${cell.column + 1}${pinned ? ", pinned" : ""}`,
    `Cosine with the patch in the frame. ${pinned
      ? "Move to preview others, click to pin another."
      : "It follows the pointer; click, or press Enter, to search the collection for it."}`,
    [low.toFixed(2), "1"]);
}

function drawSecond(values, look) {
  const { photograph, grid } = other;
  const best = values.reduce((place, value, index) => (value > values[place] ? index : place), 0);
  const cell = { row: Math.floor(best / grid.side), column: best % grid.side };
  compose($("second"), photograph, { grid, cell, smooth: true, longest: 900, heat: painted(values, grid.side, grid.side, look) });
  const place = `row ${cell.row + 1}, column ${cell.column + 1}`;
  $("second").setAttribute("aria-label", `${photograph.name}: its most similar patch is in ${place}, cosine ${values[best].toFixed(2)}`);
}

// What a screen reader hears of a patch that was moved to by keys.
function read({ row, column }, side) {
  const parts = [`Row ${row + 1}, column ${column + 1}`];
  if (pinned) {
    const cosine = cosines(features, row * side + column, features)[pinned.row * side + pinned.column];
    parts.push(`cosine with the pinned patch ${cosine.toFixed(2)}`);
  }
  say(parts.join(", "), { isSeen: true });
}

async function pin(cell) {
  [pinned, pointed] = [cell, null];
  scene.picture.dataset.patch = `${cell.row},${cell.column}`;
  draw();
  await findRegions(scene, scene.grid.middle(cell));
}

async function chooseSecond(photograph, of = scene) {
  other = null;
  $("second").hidden = photograph === null;
  if (!photograph || !of) return;
  const { size, signal } = of;
  const chosen = await patchesOf({ photograph, size, signal });
  if (photograph !== second) return;
  other = { photograph, features: chosen, grid: new Grid(photograph.width, photograph.height, size) };
  draw();
}

export const similarity = {
  async show(next) {
    if (scene?.photograph !== next.photograph || scene?.size !== next.size) {
      [pinned, pointed] = [null, null];
      clearRegions();
    }
    [scene, features] = [next, null];
    features = await patchesOf(next);
    draw();
    // Without the second photograph the first is still worth a look.
    await chooseSecond(second, next).catch(complain);
  },

  // The photographs that may stand beside the one looked at.
  offer(photographs, current) {
    offered = photographs.filter((photograph) => photograph !== current);
    if (!offered.includes(second)) {
      [second, other] = [null, null];
      $("second").hidden = true;
    }
    fill($("second-choice"), el("option", { value: "" }, offered.length ? "no other photograph" : "open a second photograph first"),
      offered.map((photograph, index) => el("option", { value: index }, photograph.name)));
    $("second-choice").value = second ? String(offered.indexOf(second)) : "";
    $("second-choice").disabled = offered.length === 0;
  },

  setSecond(photograph) {
    second = photograph;
    $("second-choice").value = String(offered.indexOf(photograph));
    return chooseSecond(photograph);
  },

  // `current()` is the scene of the view that is open, whichever it is.
  start(chooseView, current) {
    const picture = $("picture"), redraw = perFrame(draw);
    const cellAt = (event, { grid, photograph }) => grid.patchAt(...placeOf(event, picture, photograph));
    picture.addEventListener("pointermove", (event) => {
      if (!isShown() || event.pointerType === "touch") return;
      pointed = cellAt(event, scene);
      redraw();
    });
    picture.addEventListener("pointerleave", () => {
      if (!isShown()) return;
      pointed = null;
      redraw();
    });
    picture.addEventListener("click", async (event) => {
      try {
        const open = current(), cell = cellAt(event, open);
        if (!cell) return say("The model does not see this part.");
        if (!$("view-similarity").checked) await chooseView("similarity");
        if (isShown() && scene.photograph === open.photograph) await pin(cell);
      } catch (error) {
        complain(error);
      }
    });
    picture.addEventListener("keydown", (event) => this.key(event, redraw).catch(complain));
    $("second-choice").addEventListener("change", ({ target: { value } }) => {
      second = value === "" ? null : offered[Number(value)];
      chooseSecond(second).catch(complain);
    });
  },

  // Arrows move the patch, Enter and space pin it.
  async key(event, redraw) {
    if (!isShown()) return;
    const { side } = scene.grid;
    const cell = pointed ?? pinned ?? { row: side >> 1, column: side >> 1 };
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = steps[event.key];
    if (!step && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (!step) return pin(cell);
    const within = (place) => Math.min(Math.max(place, 0), side - 1);
    pointed = { row: within(cell.row + step[0]), column: within(cell.column + step[1]) };
    redraw();
    read(pointed, side);
  },
};
