// The loaded model: what it is, where it comes from, what a request may be, and its card.

import { $, complain, el, fill, say } from "/page/dom.js";
import { Refusal, send } from "/page/api.js";
import { rendered } from "/page/markdown.js";
import { onOpen } from "/page/tabs.js";

const fact = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));

const row = ([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value));
const table = (entries) => el("div", { class: "scroll" }, el("table", {}, el("tbody", {}, entries.map(row))));

const words = (name) => name.replaceAll("_", " ");
const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

function limits(all) {
  return Object.entries(all).map(([name, value]) => [words(name), name.endsWith("bytes") ? mebibytes(value) : value.toLocaleString("en")]);
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  say("The fingerprint is copied.");
}

function facts({ id, family, precision, fingerprint, architecture, preprocessing, provenance, limits: bounds }) {
  const { embed_dim: width, depth, num_heads: heads, patch_size: patch, num_registers: registers } = architecture;
  return [
    el("h2", {}, id),
    el("dl", { class: "facts" },
      fact("Family", family), fact("Width", width), fact("Blocks", depth), fact("Heads", heads), fact("Patch", `${patch} px`),
      registers ? fact("Registers", registers) : null, fact("Sees", `${preprocessing.crop} px`), fact("Arithmetic", precision)),
    el("p", { class: "tools" }, "Fingerprint ", el("code", { title: fingerprint }, fingerprint.slice(0, 16)),
      el("button", { type: "button", onclick: () => copy(fingerprint).catch(complain) }, "Copy all of it")),
    el("p", { class: "quiet" }, "Of the weights and of every knob that changes an embedding. Only vectors with the same one can be compared."),
    el("details", { open: true }, el("summary", {}, "Where it comes from"), table(Object.entries(provenance).map(([name, value]) => [words(name), value]))),
    el("details", {}, el("summary", {}, "Preprocessing"), table([
      ["fit", preprocessing.fit], ["resize", `${preprocessing.resize} px`], ["crop", `${preprocessing.crop} px`], ["filter", preprocessing.filter],
      ["mean", preprocessing.mean.map((value) => value.toFixed(3)).join(", ")], ["std", preprocessing.std.map((value) => value.toFixed(3)).join(", ")],
    ])),
    el("details", {}, el("summary", {}, "Limits of a request"), table(limits(bounds))),
  ];
}

export function startModel(model) {
  const text = el("article", { class: "card-text", "aria-label": "The model's card" });
  let isRead = false;
  fill($("model"), facts(model), text);
  onOpen("model", async () => {
    if (isRead) return;
    isRead = true;
    try {
      if (model.card) fill(text, rendered(await (await send("/v1/models/card")).text(), 2));
      else fill(text, el("p", { class: "quiet" }, "The model directory has no card."));
    } catch (error) {
      if (!(error instanceof Refusal)) {
        isRead = false;
        return complain(error);
      }
      fill(text, el("p", { class: "quiet" }, error.message));
    }
  });
}
