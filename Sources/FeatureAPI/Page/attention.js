// What CLS attends to in the last block. One request brings the values of all heads; which head, and how much of its
// attention the mask holds, is then the browser's own arithmetic, so the sliders are live.

import { $, el, fill, percent, perFrame, plural } from "/page/dom.js";
import { floats, postJSON, send } from "/page/api.js";
import { describe, remembered } from "/page/scene.js";
import { keepingMass, lightest, ranked } from "/page/mask.js";
import { compose, painted } from "/page/picture.js";

let scene = null;
let maps = null;

// The maps of a photograph: every head's, their mean, the largest; each with its patches in order.
async function ask({ photograph, size, signal }, leavesOutArtefacts) {
  const response = await send("/v1/attention", {
    method: "POST", body: photograph.blob, signal, headers: { "Content-Type": "application/octet-stream" },
    query: { format: "npy", heads: "all,mean,max", size, exclude_artefacts: leavesOutArtefacts ? "true" : "" },
  });
  const { shape: [count, rows, columns], values } = await floats(response);
  const patches = rows * columns;
  return Array.from({ length: count }, (_, map) => ranked(values.subarray(map * patches, (map + 1) * patches)));
}

function draw() {
  if (!scene || scene.signal.aborted) return;
  const { grid, photograph, picture } = scene;
  const head = Number($("head").value), threshold = Number($("threshold").value) / 100;
  const map = maps[placeOf(head, maps.length - 2)];
  const mask = keepingMass(threshold, map);
  const high = lightest(map);
  const heat = painted(map.values, grid.side, grid.side, {
    high, opacity: (share, index) => (mask[index] ? 0.3 + 0.5 * share : 0),
  });
  compose(picture, photograph, { grid, heat, smooth: $("smooth").checked, mask });

  const patches = mask.reduce((count, isKept) => count + isKept, 0);
  const share = percent(grid.pixels(mask) / (photograph.width * photograph.height), 1);
  $("head-name").value = headName(head);
  $("threshold-value").value = percent(threshold);
  $("mask-share").value = `The mask holds ${share} of the picture, ${plural(patches, "patch", "patches")} of ${mask.length}.`;
  $("mask-share").dataset.patches = String(patches);
  $("head").setAttribute("aria-valuetext", headName(head));
  markHead(head);
  describe(
    scene, "attention",
    `attention of ${head < 0 ? `the heads, ${headName(head)}` : headName(head)}; the mask with ${percent(threshold)} of it holds ${share} of the picture`,
    `What CLS looks at in the last block. Bright: the fewest patches that hold ${percent(threshold)} of it.`,
    ["0", `≥ ${high.toPrecision(2)}`]);
}

// The slider counts -2 the largest of the heads, -1 their mean, and heads from 0.
const headName = (head) => ({ "-2": "largest", "-1": "mean" })[head] ?? `head ${head}`;

// The place of a head's map in an answer to `heads=all,mean,max`.
const placeOf = (head, heads) => (head >= 0 ? head : head === -1 ? heads : heads + 1);

// Every head as a small picture: choosing one moves the slider, and the other way round.
function showHeads(maps, side, heads) {
  fill($("heads"), Array.from({ length: heads + 2 }, (_, index) => index - 2).map((head) => {
    const map = maps[placeOf(head, heads)];
    const canvas = el("canvas", { width: side, height: side, "aria-hidden": "true" });
    canvas.getContext("2d").drawImage(painted(map.values, side, side, { high: lightest(map) }), 0, 0);
    const choose = () => {
      $("head").value = String(head);
      $("head").dispatchEvent(new Event("input", { bubbles: true }));
    };
    return el("li", {}, el("button", { type: "button", "data-head": head, "aria-pressed": "false", onclick: choose }, canvas, headName(head)));
  }));
}

function markHead(head) {
  for (const button of $("heads").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.head) === head));
  }
}

export const attention = {
  async show(next) {
    const leavesOut = $("artefacts").checked;
    const answer = await remembered(next, `attention-${next.size}-${leavesOut}`, () => ask(next, leavesOut));
    [scene, maps] = [next, answer];
    showHeads(maps, next.grid.side, maps.length - 2);
    draw();
  },

  start({ architecture, family }, show) {
    $("head").max = String(architecture.num_heads - 1);
    // Only a DINOv2 without registers is known for such tokens.
    $("artefacts-choice").hidden = !(family === "dinov2" && architecture.num_registers === 0);
    const redraw = perFrame(draw);
    for (const control of ["head", "threshold"]) $(control).addEventListener("input", redraw);
    $("smooth").addEventListener("change", redraw);
    $("artefacts").addEventListener("change", show);
  },
};

// The object that a normalised cut through the patch features finds, refined to pixels by the server.
export const cut = {
  async show(own) {
    const { photograph, size, grid, signal, picture } = own;
    const { maps: [object], image } = await remembered(own, `ncut-${size}`, () => postJSON("/v1/attention", {
      body: photograph.blob, signal, headers: { "Content-Type": "application/octet-stream" }, query: { method: "ncut", size },
    }));
    const factor = photograph.width / image.width;
    const rings = object.regions.flatMap((region) => region.polygon)
      .map((ring) => ring.map(([x, y]) => [x * factor, y * factor]));
    compose(picture, photograph, { grid, rings });
    const share = percent(object.area / (image.width * image.height), 1);
    $("cut-share").value = `The object holds ${share} of the picture, in ${plural(object.regions.length, "piece")}.`;
    describe(
      own, "ncut", `one object by a normalised cut; it holds ${share} of the picture`,
      "One object, where the graph of similar patches is cut most cheaply, refined along the photograph’s edges.");
  },
};
