// What a view is given, a scene: the `photograph`, the `size` of the model's input and the `grid` it makes, the canvas
// `picture`, and a `signal` that says when nobody wants the answer any more. And what every view does with it.

import { $ } from "/page/dom.js";

// The answer to a question about a photograph, asked once. What was called off, or failed, is asked again next time.
export async function remembered({ photograph: { cache }, signal }, question, ask) {
  let entry = cache.get(question);
  if (!entry || (entry.signal.aborted && !entry.isThere)) {
    entry = { signal, isThere: false, answer: ask() };
    const kept = entry;
    cache.set(question, kept);
    kept.answer.then(() => { kept.isThere = true; }, () => cache.get(question) === kept && cache.delete(question));
  }
  const answer = await entry.answer;
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
