// The page begins here: the parts are started, the tab of the hash is opened, and the model is asked for. What needs the
// model waits for it.

import { $, complain } from "/page/dom.js";
import { models } from "/page/api.js";
import { startTabs } from "/page/tabs.js";
import { useModel } from "/page/grid.js";
import { take, waitFor } from "/page/photographs.js";
import { startLook } from "/page/look.js";
import { startCollection } from "/page/collection.js";
import { startMap } from "/page/map.js";
import { startJobs } from "/page/jobs.js";
import { startModel } from "/page/model.js";
import { showStarters } from "/page/neighbors.js";

const isKnown = models().then(({ data: [model] }) => {
  useModel(model);
  startLook(model);
  startModel(model);
});

// What no part expected is still told to whoever looks at the page.
addEventListener("error", (event) => complain(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => complain(event.reason));

// The ways in for photographs: picked, dropped anywhere on the page, pasted.
function startIntake() {
  const root = document.documentElement;
  const enter = (files) => take([...files]).catch(complain);
  $("file").value = "";
  $("file").addEventListener("change", (event) => {
    enter(event.target.files);
    event.target.value = "";
  });
  // Text, links and the page's own pictures are dragged as everywhere else; only files from outside are taken.
  let isOwn = false;
  const brings = (event) => !isOwn && event.dataTransfer.types.includes("Files");
  const calm = () => {
    isOwn = false;
    root.classList.remove("dragging");
  };
  addEventListener("dragstart", () => { isOwn = true; });
  addEventListener("dragend", calm);
  addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    root.classList.add("dragging");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) root.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    const isMeant = brings(event);
    calm();
    if (!isMeant) return;
    event.preventDefault();
    enter(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    const files = event.clipboardData?.files ?? [];
    if (files.length === 0) return;
    event.preventDefault();
    enter(files);
  });
}

waitFor(isKnown);
startIntake();
startCollection();
startMap();
startJobs();
startTabs();
isKnown.then(showStarters).catch((error) => complain(error, "The page could not start"));
