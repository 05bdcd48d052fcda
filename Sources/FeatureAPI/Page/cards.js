// One image of the collection as a small card: its thumbnail, how near it is, its label and its name.

import { el } from "/page/dom.js";

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
