// One label for all images that are selected on the map, or none. What somebody else changed since the map was loaded is
// left as it is, what is gone is passed over, and the run can be stopped.

import { $, complain, forgive, plural, say, sure } from "/page/dom.js";
import { Refusal } from "/page/api.js";
import { collectionChanged, saveLabel } from "/page/images.js";

const mostUnasked = 100;
let stop = null;

async function run(images, label) {
  stop = new AbortController();
  const { signal } = stop, count = { saved: 0, others: 0, gone: 0 };
  show(true);
  try {
    for (const [index, image] of images.entries()) {
      if (signal.aborted) break;
      if (index % 25 === 24) say(`${(index + 1).toLocaleString("en")} of ${plural(images.length, "image")} …`);
      try {
        count[(await saveLabel(image, label)).isSaved ? "saved" : "others"] += 1;
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 404) throw error;
        count.gone += 1;
      }
    }
    forgive();
    if (!signal.aborted) $("map-label").value = "";
  } catch (error) {
    complain(error, `After ${plural(count.saved, "image")}`);
  }
  show(false);
  say([
    `${plural(count.saved, "image")} ${label ? `labelled ${label}` : "without a label now"}`, signal.aborted && "stopped",
    count.others && `${count.others} changed by others meanwhile and left as they are`, count.gone && `${count.gone} not there any more`,
  ].filter(Boolean).join(", ") + ".");
}

// While a run is under way there is a button to stop it, and none to begin another.
function show(isRunning) {
  const hadFocus = $("map-labelling").contains(document.activeElement);
  for (const id of ["map-label-apply", "map-unlabel"]) $(id).hidden = isRunning;
  $("map-label-stop").hidden = !isRunning;
  if (hadFocus) $(isRunning ? "map-label-stop" : "map-label").focus();
}

// `chosen()` are the selected images with the labels that the map shows; `done()` loads the map again.
export function startMapLabels(chosen, done) {
  const begin = async (label) => {
    await run(chosen(), label);
    collectionChanged();
    await done();
  };
  const text = () => $("map-label").value.trim();
  sure($("map-label-apply"), () => {
    const count = chosen().length;
    return text() && count > mostUnasked ? `Really label ${plural(count, "image")} ${text()}?` : null;
  }, () => {
    if (text()) return begin(text());
    say("Type the label first.");
    $("map-label").focus();
  });
  sure($("map-unlabel"), () => `Really take the labels off ${plural(chosen().length, "image")}?`, () => begin(""));
  $("map-label-stop").addEventListener("click", () => stop.abort());
}
