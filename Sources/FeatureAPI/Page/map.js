// The map of the collection: where the server lays every image out by its features, with the labels as colours, and images
// selected by a lasso, which can be given one label.

import { $, complain, el, fill, percent, plural, say } from "/page/dom.js";
import { getJSON, Refusal, send } from "/page/api.js";
import { thumbnailOf } from "/page/cards.js";
import { startGestures } from "/page/gestures.js";
import { facts, isUnderWay, onJobs, startJob } from "/page/jobs.js";
import { collectionChanged, knowLabel, onCollectionChange } from "/page/labels.js";
import { MapView } from "/page/mapview.js";
import { mark } from "/page/palette.js";
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
    const map = await getJSON("/v1/map", { signal, query: { method: $("map-method").value } });
    map.labels.forEach(knowLabel);
    view.show(map);
    describe(map);
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

function describe({ method, images, missing, sampled, explained_variance: shares, generation }) {
  const parts = [
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
  showLegend();
  view.draw();
}

function showSelected() {
  const chosen = [...view.selected];
  $("map-selection").hidden = chosen.length === 0;
  $("map-count").textContent = `${plural(chosen.length, "image")} selected${chosen.length > mostListed ? `, the first ${mostListed} of them:` : ""}`;
  const placeOf = new Map(view.ids.map((id, index) => [id, index]));
  fill($("map-selected"), chosen.slice(0, mostListed).map((id) => {
    const label = view.names[placeOf.get(id)];
    return el("li", { "data-id": id }, el("button", {
      type: "button", class: "card", title: label ?? "no label", "aria-label": `Look at image ${id}, ${label ?? "no label"}`,
      onclick: () => openStored(id).catch(complain),
    }, el("span", { class: "frame" }, el("img", { src: thumbnailOf(id), alt: "", loading: "lazy" }))));
  }));
}

function select(indices) {
  view.selected = new Set(indices.map((index) => view.ids[index]));
  showSelected();
  say(`${plural(indices.length, "image")} selected.`);
}

// The thumbnail beside the image that is pointed at.
function point(index, place) {
  const hint = $("map-hint");
  hint.hidden = index === null || index === undefined;
  if (hint.hidden) return;
  const [x, y] = place;
  hint.querySelector("img").src = thumbnailOf(view.ids[index]);
  hint.querySelector("span").textContent = `${view.ids[index]} · ${view.names[index] ?? "no label"}`;
  hint.style.left = `${x + 160 > view.width ? x - 158 : x + 16}px`;
  hint.style.top = `${Math.min(Math.max(y - 20, 0), view.height - 176)}px`;
}

// One label for all that are selected, one after the other.
async function labelSelected(event) {
  event.preventDefault();
  const label = $("map-label").value.trim() || null, chosen = [...view.selected];
  $("map-label-apply").disabled = true;
  try {
    for (const [index, id] of chosen.entries()) {
      if (index % 50 === 49) say(`${index + 1} of ${chosen.length} …`);
      await send(`/v1/images/${id}`, { method: "PATCH", json: { label }, headers: { "Content-Type": "application/merge-patch+json" } });
    }
    say(`${plural(chosen.length, "image")} ${label ? `labelled ${label}` : "without a label now"}.`);
    $("map-label").value = "";
  } catch (error) {
    complain(error, "Not all were labelled");
  } finally {
    $("map-label-apply").disabled = false;
    collectionChanged();
    await load();
  }
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
    load();
  }
  running = isRunning ? job.id : null;
}

export function startMap() {
  view = new MapView($("map"));
  startGestures(view, {
    isLasso: () => $("lasso").getAttribute("aria-pressed") === "true", point, select,
    choose: (index) => openStored(view.ids[index]).catch(complain),
  });
  onOpen("map", () => isStale && load());
  onCollectionChange(() => { isStale ||= !isOpen("map"); });
  onJobs(follow);
  $("map-method").addEventListener("change", load);
  $("map-fit").addEventListener("click", () => view.fit());
  $("map-build").addEventListener("click", build);
  $("map-labelling").addEventListener("submit", labelSelected);
  $("lasso").addEventListener("click", () => {
    const isOn = $("lasso").getAttribute("aria-pressed") !== "true";
    $("lasso").setAttribute("aria-pressed", String(isOn));
    $("map").classList.toggle("lasso", isOn);
  });
}
