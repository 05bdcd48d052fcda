// The object that a normalised cut through the patch features finds, refined to pixels by the server.

import { $, percent, plural } from "/page/dom.js";
import { postJSON } from "/page/api.js";
import { describe, remembered } from "/page/scene.js";
import { compose } from "/page/picture.js";

const ask = ({ photograph, size, signal }) => postJSON("/v1/attention", {
  body: photograph.blob, signal, headers: { "Content-Type": "application/octet-stream" }, query: { method: "ncut", size },
});

export const cut = {
  async show(scene) {
    const { photograph, grid, picture } = scene;
    const { maps: [object], image } = await remembered(scene, `ncut-${scene.size}`, () => ask(scene));
    const factor = photograph.width / image.width;
    const rings = object.regions.flatMap((region) => region.polygon)
      .map((ring) => ring.map(([x, y]) => [x * factor, y * factor]));
    compose(picture, photograph, { grid, rings });
    const share = percent(object.area / (image.width * image.height), 1);
    $("cut-share").value = `The object holds ${share} of the picture, in ${plural(object.regions.length, "piece")}.`;
    describe(
      scene, "ncut", `one object by a normalised cut; it holds ${share} of the picture`,
      "One object, where the graph of similar patches is cut most cheaply, refined along the photograph’s edges.");
  },
};
