// The photographs of this visit: dropped, pasted, picked, or opened from the collection. Each is a record with the file, a
// bitmap to draw, its size upright, and a cache of what the server said about it. The strip shows them, the newest first.

import { $, complain, el, fill, forgive, say } from "/page/dom.js";
import { base64, floats, getJSON, Refusal, send } from "/page/api.js";
import { openTab } from "/page/tabs.js";

const longestSide = 1600;
const mostPhotographs = 40;
const photographs = [];
const listeners = [];
let current = null;
// Fulfilled once the model is known; before that nothing can be shown.
let isReady = null;

// Told of every photograph that is opened, and of every change to the strip.
export const onPhotograph = (listener) => listeners.push(listener);
export const allPhotographs = () => photographs;

// Makes a photograph the one that is looked at.
export function open(photograph) {
  current = photograph;
  openTab("look");
  changed();
}

function changed() {
  $("visit").hidden = photographs.length === 0;
  fill($("photographs"), photographs.map((photograph) => el("li", {}, el("button", {
    type: "button", class: "shot", title: photograph.name, "aria-label": `Look at ${photograph.name}`,
    "aria-current": String(photograph === current), onclick: () => open(photograph),
  }, thumbnail(photograph)))));
  for (const listener of listeners) listener(current, photographs);
}

// A small square of the photograph's middle.
export function thumbnail(photograph, source = photograph.bitmap) {
  const canvas = el("canvas", { width: 152, height: 152 });
  const side = Math.min(source.width, source.height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, (source.width - side) / 2, (source.height - side) / 2, side, side, 0, 0, 152, 152);
  return canvas;
}

// Takes files in, one after the other; what is no photograph is told with the server's reason, the others go on.
async function take(files) {
  if (files.length === 0) return;
  forgive();
  await isReady;
  const faults = [];
  let last = null;
  for (const [index, file] of files.entries()) {
    if (files.length > 1) say(`Photograph ${index + 1} of ${files.length} …`);
    try {
      last = add(await fromFile(file));
    } catch (error) {
      faults.push(`${file.name || "The pasted image"}: ${error.message}`);
    }
  }
  if (last) {
    const count = files.length - faults.length;
    open(last);
    say(count === 1 ? `${last.name} is open.` : `${count} photographs; ${last.name} is open.`, { isSeen: count === 1 });
  }
  if (faults.length) complain(new Error(faults.join("\n")));
}

function add(photograph) {
  const same = photographs.find((other) => (photograph.id === null ? isSameFile(other.blob, photograph.blob) : other.id === photograph.id));
  if (same) return same;
  photographs.unshift(photograph);
  // Memory is bounded: the oldest makes room.
  if (photographs.length > mostPhotographs) {
    const oldest = photographs.findLastIndex((other) => other !== current);
    photographs.splice(oldest, 1)[0].bitmap.close();
  }
  return photograph;
}

const isSameFile = (one, other) => one instanceof File && one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

// The server is asked first: it says best what is wrong with a file. Its answer, the CLS feature, finds the neighbours.
async function fromFile(file) {
  const response = await send("/v1/embeddings", {
    method: "POST", body: file,
    headers: { "Content-Type": "application/octet-stream", Accept: "application/octet-stream" },
  });
  const { values } = await floats(response);
  const vector = await base64(new Blob([values]));
  return { name: file.name || "pasted image", blob: file, id: null, vector, ...await drawable(file) };
}

// A photograph of the collection; where its file was not kept, its thumbnail stands in, and `note` says so.
async function fromCollection(id) {
  const known = photographs.find((photograph) => photograph.id === id);
  if (known) return known;
  const image = await getJSON(`/v1/images/${id}`);
  let note = "", blob;
  try {
    blob = await (await send(`/v1/images/${id}/content`)).blob();
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "original-not-kept") throw error;
    note = "The collection does not keep the files, so this is its thumbnail of 256 pixels.";
    blob = await (await send(`/v1/images/${id}/thumbnail`)).blob();
  }
  const picture = await drawable(blob);
  const { width, height } = image;
  return { name: image.name ?? `image ${id}`, blob, id, label: image.label, note, ...picture, width, height };
}

export async function openStored(id) {
  await isReady;
  open(add(await fromCollection(id)));
}

// Adds a photograph of the collection to the strip without opening it.
export async function addStored(id) {
  const photograph = add(await fromCollection(id));
  changed();
  return photograph;
}

// A browser holds pixels uncompressed, so what is larger than it will ever be shown is kept smaller.
async function drawable(blob) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch (error) {
    throw new Error("The server understands this file, but this browser cannot show it.", { cause: error });
  }
  const { width, height } = bitmap;
  const factor = longestSide / Math.max(width, height);
  if (factor < 1) {
    const whole = bitmap;
    bitmap = await createImageBitmap(whole, {
      resizeWidth: Math.max(1, Math.round(width * factor)), resizeHeight: Math.max(1, Math.round(height * factor)), resizeQuality: "high",
    });
    whole.close();
  }
  return { bitmap, width, height, cache: new Map() };
}

export function startPhotographs(isKnown) {
  isReady = isKnown;
  const root = document.documentElement;
  $("file").addEventListener("change", (event) => {
    take([...event.target.files]).catch(complain);
    event.target.value = "";
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    root.classList.add("dragging");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) root.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("dragging");
    take([...event.dataTransfer.files]).catch(complain);
  });
  addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (files.length === 0) return;
    event.preventDefault();
    take(files).catch(complain);
  });
}
