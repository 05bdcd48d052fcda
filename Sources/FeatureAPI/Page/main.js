// The page begins here: the parts are started, the tab of the hash is opened, and the model is asked for. What needs the
// model waits for it.

import { complain } from "/page/dom.js";
import { models } from "/page/api.js";
import { startTabs } from "/page/tabs.js";
import { useModel } from "/page/grid.js";
import { startIntake } from "/page/intake.js";
import { waitFor } from "/page/photographs.js";
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

waitFor(isKnown);
startIntake();
startCollection();
startMap();
startJobs();
startTabs();
isKnown.then(showStarters).catch((error) => complain(error, "The page could not start"));
