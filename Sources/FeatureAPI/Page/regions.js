// Where the collection has something like the patch that was clicked: a search by region, whose hits carry a box each.

import { $, complain, el, fill } from "/page/dom.js";
import { base64, postJSON, Refusal } from "/page/api.js";
import { card } from "/page/images.js";
import { addStored } from "/page/photographs.js";
import { similarity } from "/page/similarity.js";
import { remembered } from "/page/scene.js";

let calls = new AbortController();

export function clearRegions() {
  calls.abort();
  $("regions-part").hidden = true;
  fill($("regions"));
}

// The query image: a stored one by its id, another as base64, made once.
async function query(scene) {
  const { photograph } = scene;
  if (photograph.id !== null) return { id: photograph.id };
  return { image: await remembered(scene, "base64", () => base64(photograph.blob)) };
}

export async function findRegions(scene, [x, y]) {
  calls.abort();
  calls = new AbortController();
  const { signal } = calls;
  $("regions-part").hidden = false;
  $("regions-note").textContent = "Looking …";
  try {
    const { hits, shortlist } = await postJSON("/v1/search", {
      signal, json: { ...await query(scene), region: { points: [[x, y]] }, k: 12, include: ["file"] },
    });
    $("regions-note").textContent = hits.length
      ? `Of the ${shortlist} images most like the whole photograph. Choose one to see it beside this one.`
      : "The collection has no other image to compare with.";
    fill($("regions"), hits.map((hit) => el("li", { "data-id": hit.id },
      card(hit, { box: hit.region.box, verb: "Compare with", onChoose: () => compare(hit.id) }))));
  } catch (error) {
    if (signal.aborted) return;
    fill($("regions"));
    // A collection that cannot be asked is a fact about it, not a fault of the click.
    if (!(error instanceof Refusal)) throw error;
    $("regions-note").textContent = error.message;
  }
}

async function compare(id) {
  try {
    await similarity.setSecond(await addStored(id));
    $("second").scrollIntoView({ block: "nearest" });
  } catch (error) {
    complain(error);
  }
}
