// One photograph, looked at in one of four ways. A view is an object with `show(scene)`, which asks the server for what it
// draws. This module chooses the view, the size and the photograph, and calls off what nobody waits for any more.

import { $, complain, el, fill } from "/page/dom.js";
import { Grid } from "/page/grid.js";
import { allPhotographs, onPhotograph } from "/page/photographs.js";
import { compose, paintRamp } from "/page/picture.js";
import { describe } from "/page/scene.js";
import { attention, cut } from "/page/attention.js";
import { components } from "/page/pca.js";
import { similarity } from "/page/similarity.js";
import { showNeighbors, startNeighbors } from "/page/neighbors.js";

const views = { attention, ncut: cut, pca: components, similarity };
let photograph = null;
let size = 0;
// What the view is given that is shown, or on its way.
let scene = null;
let calls = new AbortController();

const chosen = () => document.querySelector("input[name=view]:checked").value;

// Shows the photograph in the chosen view; whatever an earlier one still waits for is called off.
async function show() {
  if (!photograph) return;
  calls.abort();
  calls = new AbortController();
  const { signal } = calls, view = chosen(), picture = $("picture");
  for (const name of Object.keys(views)) $(`controls-${name}`).hidden = name !== view;
  const mine = { photograph, size, grid: new Grid(photograph.width, photograph.height, size), signal, picture };
  scene = mine;
  picture.classList.add("waiting");
  picture.setAttribute("aria-busy", "true");
  try {
    await views[view].show(mine);
  } catch (error) {
    if (!signal.aborted) failed(mine, view, error);
  } finally {
    if (!signal.aborted) {
      picture.classList.remove("waiting");
      picture.removeAttribute("aria-busy");
    }
  }
}

// Then nothing is drawn over the photograph, and the caption says so with a way to try again.
function failed(scene, view, error) {
  $(`controls-${view}`).hidden = true;
  compose(scene.picture, scene.photograph);
  describe(scene, "", "nothing is drawn over it", "This view could not be shown. ");
  const again = () => {
    scene.picture.focus();
    show();
  };
  $("explanation").append(el("button", { type: "button", id: "again", onclick: again }, "Try again"));
  complain(error, scene.photograph.name);
}

function chooseView(name) {
  $(`view-${name}`).checked = true;
  return show();
}

function opened(next) {
  const isNew = next !== photograph;
  photograph = next;
  $("drop").classList.toggle("slim", photograph !== null);
  $("starters").hidden = true;
  $("desk").hidden = photograph === null;
  similarity.offer(allPhotographs(), photograph);
  if (!isNew) {
    if (chosen() === "pca") show();
    return;
  }
  delete $("picture").dataset.patch;
  showNeighbors(photograph);
  show();
}

// The sizes that make sense: the model's own, and finer ones where it allows them.
function offerSizes({ preprocessing: { crop }, architecture: { patch_size: patch }, limits }) {
  const sizes = [...new Set([crop, 224, 480].map((side) => Math.floor(side / patch) * patch))]
    .filter((side) => side > 0 && (side === crop || side <= limits.maximum_size)).sort((one, other) => one - other);
  fill($("size"), sizes.map((side) => el("option", { value: side }, `${side} px, ${side / patch} × ${side / patch} patches`)));
  size = sizes.find((side) => side >= 224) ?? sizes.at(-1);
  $("size").value = String(size);
}

export function startLook(model) {
  offerSizes(model);
  paintRamp($("ramp"));
  attention.start(model, show);
  components.start(model, show);
  similarity.start(chooseView, () => scene);
  startNeighbors();
  $("size").addEventListener("change", (event) => {
    size = Number(event.target.value);
    delete $("picture").dataset.patch;
    show();
  });
  $("views").addEventListener("change", show);
  onPhotograph(opened);
}
