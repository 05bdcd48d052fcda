// The first three principal components of the patch features as red, green and blue. A basis that the server gave for some
// photographs is given back for the next one, so that equal colours go on meaning the same.

import { $, el, fill } from "/page/dom.js";
import { send } from "/page/api.js";
import { allPhotographs, open, thumbnail } from "/page/photographs.js";
import { describe } from "/page/scene.js";
import { compose } from "/page/picture.js";

// A shared basis with the pictures it gave: a new one where size, foreground or company change.
let gallery = null;
let limits = null;

async function bitmap(png) {
  const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: "image/png" }));
}

// As many of the photographs as one request may hold, the first one in any case.
function batchOf(photographs) {
  const most = 0.9 * limits.maximum_request_bytes;
  let bytes = 0;
  const end = photographs.findIndex(({ blob }, index) => {
    bytes += blob.size;
    return index > 0 && (index >= limits.maximum_images || bytes > most);
  });
  return end < 0 ? photographs : photographs.slice(0, end);
}

// Asks for the photographs that the gallery has no picture of: the first batch gives the basis, the others get theirs by it.
async function complete(mine, photographs, signal) {
  for (const [photograph, picture] of mine.pictures) {
    if (photographs.includes(photograph)) continue;
    picture.close();
    mine.pictures.delete(photograph);
  }
  for (;;) {
    signal.throwIfAborted();
    const missing = batchOf(photographs.filter((photograph) => !mine.pictures.has(photograph)));
    if (missing.length === 0) return;
    await ask(mine, missing, signal);
  }
}

async function ask(mine, missing, signal) {
  const form = new FormData();
  for (const photograph of missing) form.append("image", photograph.blob, "photograph");
  form.append("size", mine.size);
  form.append("encoding_format", "png");
  if (mine.basis) form.append("basis", JSON.stringify(mine.basis));
  else if (mine.foreground) form.append("foreground", "true");
  const response = await send("/v1/pca", { method: "POST", body: form, signal });
  const { basis, data, explained_variance: shares } = await response.json();
  for (const { index, png } of data) mine.pictures.set(missing[index], await bitmap(png));
  mine.basis ??= basis;
  mine.shares ??= shares;
}

function showPictures(isShared, current) {
  const shown = isShared ? [...gallery.pictures] : [];
  fill($("pca-pictures"), shown.map(([photograph, picture]) => el("li", {}, el("button", {
    type: "button", class: "shot", title: photograph.name, "aria-label": `Components of ${photograph.name}`,
    "aria-current": String(photograph === current), onclick: () => open(photograph),
  }, thumbnail(photograph, picture)))));
}

export const components = {
  async show({ photograph, size, grid, signal, picture, ...rest }) {
    const scene = { photograph, size, grid, signal, picture, ...rest };
    const isShared = $("pca-together").checked, foreground = $("pca-foreground").checked;
    const key = [size, foreground, isShared || photograph.name, isShared || photograph.id].join();
    if (gallery?.key !== key || (!isShared && !gallery.pictures.has(photograph))) {
      gallery?.pictures.forEach((old) => old.close());
      gallery = { key, size, foreground, basis: null, shares: null, pictures: new Map() };
    }
    await complete(gallery, isShared ? [...allPhotographs()] : [photograph], signal);
    compose(picture, photograph, { grid, heat: gallery.pictures.get(photograph) });
    showPictures(isShared, photograph);
    const total = (gallery.shares ?? []).reduce((sum, share) => sum + share, 0);
    const basis = isShared && gallery.pictures.size > 1 ? `a basis shared by ${gallery.pictures.size} photographs` : "a basis of its own";
    const shares = total > 0 ? `; they carry ${Math.round(total * 100)} % of the variance` : "";
    describe(
      scene, "pca", `the first three principal components of its patches as colours, in ${basis}`,
      `Patches of one colour are alike: the first three principal components as red, green and blue, in ${basis}${shares}.`);
  },

  start(model, show) {
    limits = model.limits;
    for (const choice of ["pca-together", "pca-foreground"]) $(choice).addEventListener("change", show);
  },
};
