// What the collection has like the photograph as a whole: the nearest images, the class that labelled ones vote for, and the
// button that keeps the photograph there.

import { $, complain, el, fill, percent, plural, say } from "/page/dom.js";
import { getJSON, postJSON, Refusal, send } from "/page/api.js";
import { card, collectionChanged, knowLabel, thumbnailOf } from "/page/images.js";
import { openStored } from "/page/photographs.js";

let photograph = null;
let calls = new AbortController();

const look = (id) => openStored(id).catch(complain);

// Whatever an earlier photograph still waits for is called off.
export async function showNeighbors(next) {
  calls.abort();
  calls = new AbortController();
  const { signal } = calls;
  photograph = next;
  const { name, width, height, note, id, label, vector, fingerprint } = photograph;
  $("photograph-name").textContent = name;
  const facts = (place) => fill($("photograph-facts"), `${width} × ${height} pixels`,
    [place, label, note].filter(Boolean).flatMap((fact) => [" · ", el("bdi", {}, fact)]));
  facts(id === null ? "" : `image ${id}`);
  $("keep").hidden = id !== null;
  $("store-label").value = "";
  fill($("vote"));
  fill($("neighbors"));
  $("neighbors-note").textContent = "Looking …";
  const query = id === null ? { vector, fingerprint } : { id };
  try {
    const [{ hits, searched }, vote] = await Promise.all([
      postJSON("/v1/search", { signal, json: { ...query, k: 12 } }), postJSON("/v1/classify", { signal, json: query }),
    ]);
    if (signal.aborted) return;
    showVote(vote);
    // By features alone nobody knows whether it is the same file.
    const [nearest] = hits;
    if (id === null) facts(nearest?.score > 0.995 ? `perhaps image ${nearest.id} of the collection` : "not in the collection");
    $("neighbors-note").textContent = hits.length
      ? `By cosine, exactly, of ${plural(searched, "image")}.`
      : "The collection is empty. Keep this photograph, or import a folder: dino-server import FOLDER.";
    for (const hit of hits) knowLabel(hit.label);
    fill($("neighbors"), hits.map((hit) => el("li", { "data-id": hit.id }, card(hit, { onChoose: () => look(hit.id) }))));
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Refusal) {
      $("neighbors-note").textContent = error.message;
      $("keep").hidden ||= error.kind === "no-collection";
    } else complain(error);
  }
}

function showVote({ label, classes, neighbors }) {
  if (label === null || classes.length === 0) return;
  const others = classes.slice(1, 3).map(({ label: other, share }) => `${other} ${percent(share)}`);
  fill($("vote"), el("b", {}, `${label} ${percent(classes[0].share)}`), others.length ? `, ${others.join(", ")}` : "",
    el("span", { class: "quiet" }, ` by ${plural(neighbors.length, "labelled neighbour")}`));
}

// Stores the photograph; a name or a label is what the collection shows it by.
async function keep() {
  const label = $("store-label").value.trim(), kept = photograph;
  $("store").disabled = true;
  try {
    const response = await send("/v1/images", {
      method: "POST", body: kept.blob, headers: { "Content-Type": "application/octet-stream" }, query: { name: kept.name, label },
    });
    const image = await response.json();
    Object.assign(kept, { id: image.id, label: image.label });
    knowLabel(image.label);
    say(image.status === "existing" ? `The collection has it already: image ${image.id}.` : `Kept as image ${image.id}.`);
    collectionChanged();
    if (photograph === kept) await showNeighbors(kept);
  } catch (error) {
    complain(error, "Not kept");
  } finally {
    $("store").disabled = false;
  }
}

// Before anything is dropped: a few images of the collection to begin with.
export async function showStarters() {
  try {
    const { data } = await getJSON("/v1/images", { query: { limit: 500 } });
    if (data.length === 0 || photograph) return;
    // The largest files look best; of these every so many.
    const largest = data.sort((one, other) => other.width * other.height - one.width * one.height).slice(0, 60);
    const few = largest.filter((_, index) => index % Math.ceil(largest.length / 10) === 0);
    fill($("starter-list"), few.map(({ id, name, label }) => el("li", {}, el("button", {
      type: "button", class: "shot", "aria-label": `Look at ${name ?? label ?? `image ${id}`}`, onclick: () => look(id),
    }, el("img", { src: thumbnailOf(id), alt: "" })))));
    $("starters").hidden = false;
  } catch (error) {
    // Without a collection there is nothing to begin with, and its tab says so.
    if (!(error instanceof Refusal)) complain(error);
  }
}

export function startNeighbors() {
  $("store").addEventListener("click", keep);
  $("store-label").addEventListener("keydown", (event) => event.key === "Enter" && keep());
}
