// The map of the collection: where the server lays every image out by its features, with the labels as colours, and images
// selected by a lasso, which can be given one label.

import { $, complain, el, fill, percent, plural, say } from "/page/dom.js";
import { getJSON, Refusal } from "/page/api.js";
import { knowLabel, onCollectionChange, thumbnailOf } from "/page/images.js";
import { startGestures } from "/page/gestures.js";
import { facts, isUnderWay, onJobs, startJob } from "/page/jobs.js";
import { startMapLabels } from "/page/maplabels.js";
import { MapView, mark } from "/page/mapview.js";
import { openStored } from "/page/photographs.js";
import { isOpen, onOpen } from "/page/tabs.js";

const mostListed = 60;
let view = null;
let isStale = true;
let calls = new AbortController();
// The map's job that is under way.
let running = null;

async function load() {
  calls.abort();
  calls = new AbortController();
  const { signal } = calls;
  isStale = false;
  try {
    // A stored layout is the default, so asking for the default finds out whether there is one without an error.
    const method = $("map-method").value;
    const map = await getJSON("/v1/map", { signal, query: { method: method === "neighbors" ? "" : method } });
    if (signal.aborted) return;
    map.labels.forEach(knowLabel);
    view.show(map);
    describe(map, method === "neighbors" && map.method !== method);
    showLegend();
    showSelected();
  } catch (error) {
    if (signal.aborted) return;
    isStale = true;
    if (!(error instanceof Refusal)) return complain(error);
    $("map-note").textContent = error.message;
  }
}

const layouts = { neighbors: "Laid out by neighbours", pca: "Laid out by the two principal components" };

function describe({ method, images, missing, sampled, explained_variance: shares, generation }, isInstead) {
  const parts = [
    isInstead ? "No layout by neighbours is stored yet, so this is the other one" : null,
    `${layouts[method] ?? method}, ${plural(images, "image")}`,
    shares?.length ? `${percent(shares.reduce((sum, share) => sum + share, 0))} of the variance` : null,
    sampled ? "from a sample" : null, missing ? `${plural(missing, "image")} came later: lay it out again to see them` : null,
    `features of generation ${generation}`,
  ];
  $("map-note").textContent = images === 0 ? "The collection is empty, and so is its map." : parts.filter(Boolean).join(" · ");
  $("map").setAttribute("aria-label", `Map of the collection. ${$("map-note").textContent}`);
}

// The labels with their colours and counts; choosing one makes the others pale.
function showLegend() {
  const entries = [...view.styles].map(([name, style]) => ({ name, style, count: view.counts.get(name) }));
  const shown = entries.reduce((sum, { count }) => sum + count, 0), rest = view.ids.length - shown;
  $("map-pick").hidden = !view.counts.has(view.picked);
  fill($("map-legend"), entries.map(({ name, style, count }) => {
    const dot = el("canvas", { class: "dot", width: 24, height: 24, "aria-hidden": "true" });
    const context = dot.getContext("2d");
    context.fillStyle = style.color;
    mark(context, style, 12, 12, 10);
    return el("li", {}, el("button", { type: "button", "aria-pressed": String(view.picked === name), title: name, onclick: () => pick(name) },
      dot, el("span", { class: "name" }, name), el("span", { class: "count" }, count.toLocaleString("en"))));
  }), rest > 0 ? el("li", { class: "quiet" }, `${rest.toLocaleString("en")} in grey: ${entries.length ? "no label, or a rarer one" : "no label"}`) : null);
}

function pick(name) {
  view.picked = view.picked === name ? undefined : name;
  for (const button of $("map-legend").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.title === view.picked));
  }
  $("map-pick").hidden = view.picked === undefined;
  view.draw();
}

function showSelected() {
  const chosen = [...view.selected];
  $("map-selection").hidden = chosen.length === 0;
  $("map-count").textContent = `${plural(chosen.length, "image")} selected${chosen.length > mostListed ? `, the first ${mostListed} of them:` : ""}`;
  fill($("map-selected"), chosen.slice(0, mostListed).map((id) => {
    const label = view.names[view.placeOf.get(id)];
    return el("li", { "data-id": id }, el("button", {
      type: "button", class: "card", title: label ?? "no label", "aria-label": `Look at image ${id}, ${label ?? "no label"}`,
      onclick: () => openStored(id).catch(complain),
    }, el("span", { class: "frame" }, el("img", { src: thumbnailOf(id), alt: "", loading: "lazy" }))));
  }));
}

function select(indices) {
  view.selected = new Set(indices.map((index) => view.ids[index]));
  showSelected();
  view.draw();
  say(`${plural(indices.length, "image")} selected.`);
}

// Selects one more image, or lets it go.
function toggle(index) {
  const indices = [...view.selected].map((id) => view.placeOf.get(id));
  select(indices.includes(index) ? indices.filter((other) => other !== index) : [...indices, index]);
}

// The thumbnail beside the image that is pointed at; where keys did that, it is also read out.
function point(index, place, isByKeys = false) {
  const hint = $("map-hint");
  hint.hidden = index === null || index === undefined;
  if (hint.hidden) return;
  const [x, y] = place;
  hint.querySelector("img").src = thumbnailOf(view.ids[index]);
  hint.querySelector("span").textContent = `${view.ids[index]} · ${view.names[index] ?? "no label"}`;
  if (isByKeys) {
    const state = view.selected.has(view.ids[index]) ? ", selected" : "";
    say(`Image ${view.ids[index]}, ${view.names[index] ?? "no label"}${state}`, { isSeen: true });
  }
  hint.style.left = `${x + 160 > view.width ? x - 158 : x + 16}px`;
  hint.style.top = `${Math.min(Math.max(y - 20, 0), view.height - 176)}px`;
}

// The layout by neighbours is a job; its progress stands below the title until it is done.
async function build() {
  $("map-build").disabled = true;
  try {
    running = (await startJob({ kind: "map" })).id;
  } catch (error) {
    complain(error, "Not begun");
    $("map-build").disabled = false;
  }
}

function follow(jobs) {
  const job = jobs.find(({ kind }) => kind === "map");
  const isRunning = Boolean(job) && isUnderWay(job);
  $("map-build").disabled = isRunning;
  if (isRunning) $("map-note").textContent = `Laying the map out: ${facts(job)}`;
  else if (running !== null && job?.id === running) {
    if (job.error) complain(new Error(job.error.detail ?? job.error.title), "The map was not laid out");
    view.fits = true;
    load();
  }
  running = isRunning ? job.id : null;
}

const isLasso = () => $("lasso").getAttribute("aria-pressed") === "true";

export function startMap() {
  view = new MapView($("map"));
  startGestures(view, {
    isLasso, point, select, toggle,
    choose: (index) => openStored(view.ids[index]).catch(complain),
  });
  onOpen("map", () => isStale && load());
  onCollectionChange(() => { isStale ||= !isOpen("map"); });
  onJobs(follow);
  $("map-method").addEventListener("change", load);
  $("map-fit").addEventListener("click", () => view.fit());
  $("map-build").addEventListener("click", build);
  $("map-pick").addEventListener("click", () => {
    select([...view.names.keys()].filter((index) => view.names[index] === view.picked));
  });
  startMapLabels(() => [...view.selected].map((id) => ({ id, label: view.names[view.placeOf.get(id)] })), load);
  const useLasso = (isOn) => {
    $("lasso").setAttribute("aria-pressed", String(isOn));
    $("map").classList.toggle("lasso", isOn);
  };
  $("lasso").addEventListener("click", () => useLasso(!isLasso()));
  // Escape belongs to a field first.
  $("panel-map").addEventListener("keydown", ({ key, target }) => {
    if (key !== "Escape" || target.matches("input, select")) return;
    if (isLasso()) useLasso(false);
    else if (view.selected.size) select([]);
  });
}
