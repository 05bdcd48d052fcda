// The photographs of this visit, from files or from the collection. Each is a record with the file, a
// bitmap to draw, its size upright, and a cache of what the server said about it. The strip shows them, the newest first.

import { $, complain, el, fillKept, forgive, say } from "/page/dom.js";
import { base64, floats, getJSON, Refusal, send } from "/page/api.js";
import { forget } from "/page/scene.js";
import { onReturn, openedTab, openTab } from "/page/tabs.js";

// As large as the picture is ever drawn.
const longestSide = 1200;
const mostPhotographs = 40;
const photographs = [];
// Those that made room, until nothing shows them any more.
const removed = [];
const listeners = [];
let current = null;
let openings = 0;
// Fulfilled once the model is known; before that nothing can be shown.
let isReady = null;
export const waitFor = (isKnown) => { isReady = isKnown; };

// Told of every photograph that is opened, and of every change to the strip.
export const onPhotograph = (listener) => listeners.push(listener);
export const allPhotographs = () => photographs;

// Makes a photograph the one that is looked at.
export function open(photograph) {
  if (!photographs.includes(photograph)) return;
  openings += 1;
  current = photograph;
  openTab("look", { id: photograph.id, key: photograph.key });
  changed();
}

// What takes time opens only what is still wanted: nothing else was asked for meanwhile, and the tab is the same. Else the
// photograph stays in the strip.
function intention() {
  const mine = openings += 1, tab = openedTab();
  return (photograph) => {
    const isWanted = mine === openings && tab === openedTab();
    if (isWanted) open(photograph);
    else changed();
    return isWanted;
  };
}

function changed() {
  $("visit").hidden = photographs.length === 0;
  fillKept($("photographs"), photographs, (photograph) => photograph, (photograph) => el("li", {}, el("button", {
    type: "button", class: "shot", title: photograph.name, "aria-label": `Look at ${photograph.name}`,
    onclick: () => open(photograph),
  }, thumbnail(photograph))), (place, photograph) => {
    place.firstChild.setAttribute("aria-current", String(photograph === current));
  });
  for (const listener of listeners) listener(current, photographs);
  for (const photograph of removed.splice(0)) {
    forget(photograph);
    photograph.bitmap.close();
  }
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
export async function take(files) {
  if (files.length === 0) return;
  const arrive = intention();
  forgive();
  await isReady;
  const faults = [], before = [...photographs], taken = [];
  let last = null;
  for (const [index, file] of files.entries()) {
    if (files.length > 1) say(`Photograph ${index + 1} of ${files.length} …`);
    try {
      last = add(await fromFile(file));
      taken.push(last);
    } catch (error) {
      faults.push(`${file.name || "The pasted image"}: ${error.message}`);
    }
  }
  if (last) {
    const count = files.length - faults.length;
    const isOpen = arrive(last), state = `${last.name} is ${isOpen ? "open" : "in the strip"}.`;
    const out = [...before, ...taken].filter((photograph) => !photographs.includes(photograph)).map(({ name }) => name);
    const left = out.length ? ` The strip holds ${mostPhotographs}, so these are left out: ${out.join(", ")}.` : "";
    say((count === 1 ? state : `${count} photographs; ${state}`) + left, { isSeen: isOpen && count === 1 && !left });
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
    removed.push(...photographs.splice(oldest, 1));
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
  return { name: file.name || "pasted image", blob: file, id: null, vector, fingerprint: response.headers.get("X-Model-Fingerprint"), ...await drawable(file) };
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
  const arrive = intention();
  await isReady;
  const photograph = add(await fromCollection(id));
  if (!arrive(photograph)) say(`${photograph.name} is in the strip under Look.`);
}

onReturn((id, key) => {
  const known = photographs.find((photograph) => photograph.key === key);
  if (known) open(known);
  else if (Number(id) > 0) openStored(Number(id)).catch(complain);
});

// Adds a photograph of the collection to the strip without opening it.
export async function addStored(id) {
  const photograph = add(await fromCollection(id));
  changed();
  return photograph;
}

// A browser holds pixels uncompressed, so what is larger than it will ever be shown is kept smaller. Its size is read first,
// from the head of the file, so that the whole is not kept beside it.
async function drawable(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject }));
    const { naturalWidth: width, naturalHeight: height } = image;
    const factor = Math.min(1, longestSide / Math.max(width, height));
    const bitmap = await createImageBitmap(image, {
      resizeWidth: Math.max(1, Math.round(width * factor)), resizeHeight: Math.max(1, Math.round(height * factor)), resizeQuality: "high",
    });
    return { bitmap, width, height, cache: new Map(), key: Math.random() };
  } catch (error) {
    throw new Error("The server understands this file, but this browser cannot show it.", { cause: error });
  } finally {
    URL.revokeObjectURL(image.src);
  }
}
