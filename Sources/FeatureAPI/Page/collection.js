// The collection as a grid: a page of images at a time, labels edited where they stand, an image removed after a second
// click. What somebody else changed meanwhile is shown, not overwritten.

import { $, complain, el, fill, forgive, plural, say, sure } from "/page/dom.js";
import { getJSON, Refusal, send } from "/page/api.js";
import { collectionChanged, knowLabel, onCollectionChange, saveLabel, thumbnailOf } from "/page/images.js";
import { openStored } from "/page/photographs.js";
import { isOpen, onOpen } from "/page/tabs.js";

const pageLength = 60;
// How long nothing is typed before the filter acts, in milliseconds.
const pause = 600;
// What the grid shows: the images of a label, up to a cursor; it is null where all are shown.
let shown = { label: "", cursor: null };
// The label that was asked for last.
let wanted = null;
let isStale = true;
let isLoading = false;
let calls = new AbortController();

// The first page of the filter's label, or where the grid goes on `from`, its next one.
async function load(from) {
  calls.abort();
  calls = new AbortController();
  const { signal } = calls, label = from?.label ?? $("label-filter").value.trim();
  wanted = label;
  [isStale, isLoading] = [false, true];
  try {
    const { data, next_cursor: cursor } = await getJSON("/v1/images", { signal, query: { limit: pageLength, label, cursor: from?.cursor } });
    if (signal.aborted) return;
    const items = data.map(item);
    if (from) $("grid").append(...items);
    else fill($("grid"), items);
    shown = { label, cursor };
    $("more").hidden = cursor === null;
    note();
    if (from) items[0]?.querySelector("button").focus();
  } catch (error) {
    if (signal.aborted) return;
    isStale = !from;
    wanted = null;
    if (!(error instanceof Refusal)) return complain(error);
    fill($("grid"));
    $("collection-note").textContent = error.message;
  } finally {
    if (!signal.aborted) isLoading = false;
  }
}

function note() {
  const { label, cursor } = shown, count = $("grid").children.length;
  if (count > 0) {
    const which = `${plural(count, "image")}${label ? ` labelled ${label}` : ""}${cursor ? ", and there are more" : ""}`;
    $("collection-note").textContent = `${which}. Click a picture to look at it, or a label to change it.`;
  } else if (label) {
    $("collection-note").textContent = `No image has the label ${label}.`;
  } else {
    fill($("collection-note"), el("span", { class: "empty" },
      "The collection is empty. Open a photograph under Look and keep it, or import a folder, whose class folders become",
      " labels, while the server is stopped:",
      el("code", {}, "dino-server import FOLDER")));
  }
}

function item(image) {
  knowLabel(image.label);
  const name = image.name ?? image.key ?? `image ${image.id}`;
  const input = el("input", {
    class: "label", type: "text", value: image.label ?? "", placeholder: "no label", autocomplete: "off",
    list: "known-labels", "aria-label": `Label of ${name}`,
  });
  const place = el("li", { "data-id": image.id },
    el("button", { type: "button", class: "look", "aria-label": `Look at ${name}`, onclick: () => openStored(image.id).catch(complain) },
      el("span", { class: "frame" }, el("img", { src: thumbnailOf(image.id), alt: "", loading: "lazy", decoding: "async" }))),
    input,
    el("div", { class: "row" }, el("span", { class: "caption", title: name }, name), removal(image, name, () => remove(place))));
  editable(input, image, (now) => {
    const hadFocus = place.contains(document.activeElement), next = item(now);
    place.replaceWith(next);
    if (hadFocus) next.querySelector("input").focus();
  });
  return place;
}

// Where the focus was on it, the next image gets it, or the one before, or the filter.
function remove(place) {
  const heir = (place.nextElementSibling ?? place.previousElementSibling)?.querySelector("button") ?? $("label-filter");
  const hadFocus = place.contains(document.activeElement);
  place.remove();
  if (hadFocus) heir.focus();
  note();
}

// Saves on Enter and when the field is left, one change after the other; Escape brings the old text back.
function editable(input, image, replace) {
  let latest = image, saving = Promise.resolve();
  const save = async () => {
    const text = input.value.trim();
    input.removeAttribute("aria-invalid");
    if (text === (latest.label ?? "")) return;
    try {
      const { image: now, isSaved } = await saveLabel(latest, text);
      if (!isSaved) {
        complain(new Error(`Somebody changed image ${now.id} meanwhile; here is what it has now. Change it again if you still want to.`));
        return replace(now);
      }
      latest = now;
      forgive();
      say(now.label ? `Image ${now.id} is labelled ${now.label}.` : `Image ${now.id} has no label now.`);
      collectionChanged();
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      complain(error, `The label of image ${latest.id} was not changed`);
    }
  };
  input.addEventListener("change", () => {
    input.value = input.value.trim();
    saving = saving.then(save);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") input.blur();
    if (event.key !== "Escape") return;
    input.value = latest.label ?? "";
    input.removeAttribute("aria-invalid");
    input.blur();
  });
}

function removal(image, name, done) {
  const button = el("button", { type: "button", class: "bare", "aria-label": `Remove ${name}` }, "Remove");
  sure(button, () => `Really remove ${name} from the collection?`, async () => {
    try {
      await send(`/v1/images/${image.id}`, { method: "DELETE" });
      done();
      say(`${name} is removed.`);
      collectionChanged();
    } catch (error) {
      complain(error, `${name} was not removed`);
    }
  });
  return button;
}

export function startCollection() {
  onOpen("collection", () => isStale && load());
  // While the grid is looked at, its own edits are in it already.
  onCollectionChange(() => { isStale ||= !isOpen("collection"); });
  $("more").addEventListener("click", () => isLoading || load(shown));
  let typing = null;
  const filter = () => {
    clearTimeout(typing);
    if ($("label-filter").value.trim() !== wanted) load();
  };
  for (const name of ["change", "search"]) $("label-filter").addEventListener(name, filter);
  $("label-filter").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(filter, pause);
  });
}
