// Labels: those that are known, to be offered while typing, and the change of one that does not overwrite somebody else's.

import { $, el } from "/page/dom.js";
import { Refusal, send } from "/page/api.js";

const known = new Set();
const listeners = [];

// Told when images came, went or got other labels.
export const onCollectionChange = (listener) => listeners.push(listener);
export const collectionChanged = () => listeners.forEach((listener) => listener());

export function knowLabel(label) {
  if (!label || known.has(label) || known.size >= 500) return;
  known.add(label);
  $("known-labels").append(el("option", { value: label }));
}

// Changes the label of `image` from the one that was shown; an empty one is none. The answer is the image as it is now and
// whether it was changed here: where it has another than the one shown, somebody was faster, and nothing is overwritten.
export async function saveLabel(image, text) {
  const label = text.trim() || null;
  const path = `/v1/images/${image.id}`;
  const now = await send(path);
  const seen = await now.json();
  if (seen.label !== image.label) return { image: seen, isSaved: false };
  try {
    const answer = await send(path, {
      method: "PATCH", json: { label },
      headers: { "Content-Type": "application/merge-patch+json", "If-Match": now.headers.get("ETag") },
    });
    knowLabel(label);
    return { image: await answer.json(), isSaved: true };
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 412) throw error;
    return { image: await (await send(path)).json(), isSaved: false };
  }
}
