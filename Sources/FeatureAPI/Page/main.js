// The page begins here: the model is asked for, the parts are started, and the tab of the hash is opened.

import { guarded, $, complain } from "/page/dom.js";
import { getJSON } from "/page/api.js";
import { startTabs } from "/page/tabs.js";
import { useModel } from "/page/grid.js";
import { startPhotographs } from "/page/photographs.js";
import { startLook } from "/page/look.js";
import { startCollection } from "/page/collection.js";
import { startMap } from "/page/map.js";
import { startJobs } from "/page/jobs.js";
import { startModel } from "/page/model.js";
import { showStarters } from "/page/neighbors.js";

// The parts that ask the server for a collection say themselves what they found when they are opened.
const start = guarded(async () => {
  const { data: [model] } = await getJSON("/v1/models");
  useModel(model);
  startLook(model);
  startPhotographs();
  startCollection();
  startMap();
  startJobs();
  startModel(model);
  startTabs();
  await showStarters();
}, "The page could not start");

// What no part expected is still told to whoever looks at the page.
addEventListener("error", (event) => complain(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => complain(event.reason));
$("file").value = "";
start();
