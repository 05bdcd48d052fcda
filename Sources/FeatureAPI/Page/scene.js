// What a view is given, a scene: the `photograph`, the `size` of the model's input and the `grid` it makes, the canvas
// `picture`, and a `signal` that says when nobody wants the answer any more. And what every view does with it.

import { $ } from "/page/dom.js";

// Answers are held up to so many bytes in all; those not used for longest go first, and are asked again when needed.
const mostBytes = 96 * 2 ** 20;
const held = new Map();

function bytesOf(value) {
  if (typeof value === "string") return 2 * value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return typeof value === "object" ? Object.values(value ?? {}).reduce((sum, part) => sum + bytesOf(part), 0) : 8;
}

function hold(entry, answer) {
  const bytes = held.get(entry) ?? bytesOf(answer);
  held.delete(entry);
  held.set(entry, bytes);
  let sum = [...held.values()].reduce((total, part) => total + part, 0);
  for (const [oldest, part] of held) {
    if (sum <= mostBytes || oldest === entry) break;
    drop(oldest);
    sum -= part;
  }
}

function drop(entry) {
  held.delete(entry);
  if (entry.cache.get(entry.question) === entry) entry.cache.delete(entry.question);
}

// Lets go of all that is held about a photograph.
export const forget = ({ cache }) => [...cache.values()].forEach(drop);

// The answer to a question about a photograph, asked once. What was called off, or failed, is asked again next time.
export async function remembered({ photograph: { cache }, signal }, question, ask) {
  let entry = cache.get(question);
  if (!entry || (entry.signal.aborted && !entry.isThere)) {
    entry = { signal, cache, question, isThere: false, answer: ask() };
    const kept = entry;
    cache.set(question, kept);
    kept.answer.then(() => { kept.isThere = true; }, () => cache.get(question) === kept && cache.delete(question));
  }
  const answer = await entry.answer;
  if (cache.get(question) === entry) hold(entry, answer);
  signal.throwIfAborted();
  return answer;
}

// Says what is drawn: to the eye below the picture, to a screen reader as its name. `scale` are the numbers at the ends
// of the colours.
export function describe(scene, view, label, explanation, scale) {
  scene.picture.dataset.view = view;
  scene.picture.setAttribute("aria-label", `${scene.photograph.name}: ${label}`);
  $("explanation").textContent = explanation;
  $("scale").hidden = !scale;
  if (scale) [$("scale-low").value, $("scale-high").value] = scale;
}
