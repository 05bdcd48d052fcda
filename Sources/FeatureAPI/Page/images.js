// Images of the collection, wherever they are shown: as a small card, and with a label, whose change does not overwrite
// somebody else's.

import { $, el } from "/page/dom.js";
import { Refusal, send } from "/page/api.js";

export const thumbnailOf = (id) => `/v1/images/${id}/thumbnail`;

// The button that shows an image. With a `box`, in the image's own pixels, the whole image is shown and the box drawn.
export function card({ id, label, name, score, width, height }, { box, onChoose, verb = "Look at" }) {
  const image = el("img", { src: thumbnailOf(id), alt: "", loading: "lazy", decoding: "async" });
  const frame = el("span", { class: "frame" }, image);
  if (box) {
    frame.style.aspectRatio = `${width} / ${height}`;
    const [x0, y0, x1, y1] = box;
    const mark = el("span", { class: "box" });
    const share = (length, of) => `${(100 * length) / of}%`;
    Object.assign(mark.style, {
      left: share(x0, width), top: share(y0, height), width: share(x1 - x0, width), height: share(y1 - y0, height),
    });
    frame.append(mark);
  }
  const text = label ?? name ?? `image ${id}`;
  const bar = el("i");
  bar.style.setProperty("--share", String(Math.min(Math.max(score, 0), 1)));
  return el("button", {
    type: "button", class: "card", onclick: onChoose, title: [label, name].filter(Boolean).join(" · "),
    "aria-label": `${verb} ${name ?? `image ${id}`}, ${label ? `labelled ${label}` : "no label"}, cosine ${score.toFixed(2)}`,
  }, frame, el("span", { class: "caption" }, text), el("span", { class: "score" }, bar, score.toFixed(2)));
}

// The labels that are known are offered while typing.
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
