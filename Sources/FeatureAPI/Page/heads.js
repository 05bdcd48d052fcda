// The attention of every head as a row of small pictures: choosing one moves the slider, and the other way round.

import { $, el, fill } from "/page/dom.js";
import { lightest } from "/page/mask.js";
import { painted } from "/page/ramp.js";

// The slider counts -2 the largest of the heads, -1 their mean, and heads from 0.
export const headName = (head) => ({ "-2": "largest", "-1": "mean" })[head] ?? `head ${head}`;

// The place of a head's map in an answer to `heads=all,mean,max`.
export const placeOf = (head, heads) => (head >= 0 ? head : head === -1 ? heads : heads + 1);

export function showHeads(maps, side, heads) {
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

export function markHead(head) {
  for (const button of $("heads").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.head) === head));
  }
}
