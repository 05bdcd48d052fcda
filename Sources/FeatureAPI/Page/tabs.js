// The tabs, after the ARIA pattern: arrows move, the hash keeps the open one over a reload and for the back button.

import { $ } from "/page/dom.js";

const names = ["look", "collection", "map", "jobs", "model"];
const openers = new Map();
let open = null;

// What a tab does when it is opened, at once where it is open already.
export function onOpen(name, work) {
  openers.set(name, work);
  if (open === name) work();
}

export const isOpen = (name) => open === name;
export const openedTab = () => open;

// What each tab shows: an `id` for the hash, or a `key` for the history of this visit.
const places = new Map();
let returned = null;
let isReturning = false;

// Told the id and the key of what was on the tab Look, after Back, Forward or a reload.
export const onReturn = (work) => { returned = work; };

// By the history, for a change of the hash alone would also scroll to what has that id.
export function openTab(name, place = places.get(name) ?? {}) {
  const hash = `#${name}${place.id ? `/${place.id}` : ""}`, key = place.id ? null : place.key ?? null;
  const replaces = isReturning || (open === name && !places.has(name));
  places.set(name, place);
  if (open === name && location.hash === hash && history.state === key) return;
  history[replaces ? "replaceState" : "pushState"](key, "", hash);
  show(name);
}

function show(name) {
  if (open === name) return;
  open = name;
  for (const other of names) {
    const tab = $(`tab-${other}`);
    const isThis = other === name;
    tab.setAttribute("aria-selected", String(isThis));
    tab.tabIndex = isThis ? 0 : -1;
    $(`panel-${other}`).hidden = !isThis;
  }
  openers.get(name)?.();
}

// A hash that is no tab's leaves the open one open.
const fromHash = () => {
  const [name, id] = location.hash.slice(1).split("/");
  show(names.includes(name) ? name : open ?? "look");
  isReturning = true;
  if (name === "look") returned(id, history.state);
  isReturning = false;
};

export function startTabs() {
  for (const [index, name] of names.entries()) {
    const tab = $(`tab-${name}`);
    tab.addEventListener("click", () => openTab(name));
    tab.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -index, End: names.length - 1 - index };
      if (!(event.key in steps)) return;
      event.preventDefault();
      const next = names[(index + steps[event.key] + names.length) % names.length];
      openTab(next);
      $(`tab-${next}`).focus();
    });
  }
  addEventListener("popstate", fromHash);
  // By hand, for the link's own hash would take the place of the tab's.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    $("main").focus();
  });
  fromHash();
}
