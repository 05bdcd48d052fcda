// Long work on the whole collection, and the generations of features it makes. While a job is under way and the page is
// looked at, its progress is asked for every second.

import { $, complain, el, fill, fillKept, plural, say } from "/page/dom.js";
import { getJSON, postJSON, Refusal, send, useAdminKey } from "/page/api.js";
import { collectionChanged } from "/page/images.js";
import { isOpen, onOpen } from "/page/tabs.js";

export const isUnderWay = (job) => job.status === "running" || job.status === "cancelling";
const listeners = [];
let timer = null;
// How often the jobs were asked for, so that an older answer does not replace a newer one, and the jobs under way.
let asked = 0;
let followed = new Set();

// Told of all jobs whenever they were asked for.
export const onJobs = (listener) => listeners.push(listener);

// What an admin route answers; where it wants a key, that is asked for.
async function asAdmin(work) {
  try {
    return await work();
  } catch (error) {
    if (error.status !== 401) throw error;
    $("key-form").hidden = false;
    throw new Error("The server wants its admin key for this. Enter it under Jobs, then try again.", { cause: error });
  }
}

// Begins a job and answers it; how it goes on is told to whoever listens.
export async function startJob(json) {
  const job = await asAdmin(() => postJSON("/v1/jobs", { json, admin: true }));
  say(`Job ${job.id} has begun.`);
  followed.add(job.id);
  refresh();
  return job;
}

async function stop(job) {
  await asAdmin(() => send(`/v1/jobs/${job.id}`, { method: "DELETE", admin: true }));
  await refresh();
}

async function refresh() {
  clearTimeout(timer);
  const mine = asked += 1;
  let pause = 1000;
  try {
    const { data: jobs } = await getJSON("/v1/jobs");
    if (mine !== asked) return;
    const ended = jobs.filter((job) => followed.has(job.id) && !isUnderWay(job));
    followed = new Set(jobs.filter(isUnderWay).map(({ id }) => id));
    fillKept($("jobs"), jobs, ({ id }) => id, item, update);
    $("jobs-note").textContent = jobs.length ? "" : "No job has run since the server started.";
    for (const listener of listeners) listener(jobs);
    if (ended.length) collectionChanged();
    for (const { id, status } of ended) say(`Job ${id} ${status}.`);
    if (isOpen("jobs")) await showGenerations();
  } catch (error) {
    if (mine !== asked) return;
    $("jobs-note").textContent = error.message;
    if (error.kind === "no-collection") $("reindex").disabled = true;
    // One question of many may fail; the next ones come more slowly.
    else if (followed.size) pause = 3000;
    else if (!(error instanceof Refusal)) complain(error);
  } finally {
    if (mine === asked && followed.size && !document.hidden) timer = setTimeout(refresh, pause);
  }
}

const clock = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const titles = { reindex: "Re-embed the collection", activate: "Switch to other features", drop: "Drop features", map: "Lay out the map" };

const item = (job) => el("li", { class: "job", "data-job": job.id, tabIndex: -1 },
  el("div", { class: "bar" },
    el("h3", {}, `${job.id}. ${titles[job.kind] ?? job.kind} `, el("span", { class: "badge" })),
    el("button", { type: "button", "aria-label": `Stop job ${job.id}`, onclick: () => stop(job).catch(complain) }, "Stop")),
  el("progress", { max: 1, "aria-label": `Progress of job ${job.id}` }), el("p", { class: "quiet" }), el("div"));

function update(place, job) {
  const { status, progress, error } = job;
  // A bar is full when the job has ended: what follows the last image, such as looking at all of them again, is work too.
  const share = progress?.total ? progress.done / progress.total : status === "succeeded" ? 1 : 0;
  const badge = place.querySelector(".badge"), button = place.querySelector("button");
  badge.textContent = status;
  badge.className = `badge ${{ running: "active" }[status] ?? status}`;
  if (status !== "running" && button === document.activeElement) place.focus();
  button.hidden = status !== "running";
  place.querySelector("progress").value = isUnderWay(job) ? 0.98 * share : share;
  place.querySelector("p").textContent = facts(job);
  fill(place.lastChild, error ? el("p", {}, error.detail ?? error.title) : null,
    (progress?.unusable ?? []).slice(0, 5).map(({ id, reason }) => el("p", { class: "quiet" }, `Image ${id}: ${reason}`)));
}

// What is known of how far a job is, as one line.
export function facts({ progress, started_at: began, finished_at: ended }) {
  const { phase, done, total, images_per_second: pace, eta_seconds: left, unusable_count: unusable } = progress ?? {};
  return [
    `begun ${clock(began)}`, ended ? `ended ${clock(ended)}` : phase,
    total ? `${done.toLocaleString("en")} of ${plural(total, ...(phase === "layout" ? ["pass", "passes"] : ["image"]))}` : null, pace ? `${pace.toFixed(0)} images/s` : null,
    left && !ended ? `${Math.ceil(left)} s left` : null, unusable ? `${plural(unusable, "image")} cannot be embedded` : null,
  ].filter(Boolean).join(" · ");
}

async function showGenerations() {
  const { data } = await getJSON("/v1/generations");
  fill($("generations"),
    el("thead", {}, el("tr", {}, ["Model", "State", "Images", "Sees", "Dimensions", "Fingerprint"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, data.map((row) => el("tr", {},
      el("td", {}, row.model, row.loaded ? " (loaded)" : ""), el("td", {}, el("span", { class: `badge ${row.state}` }, row.state)),
      el("td", {}, `${row.count.toLocaleString("en")} of ${row.images.toLocaleString("en")}`), el("td", {}, `${row.size} px`),
      el("td", {}, String(row.dimensions)), el("td", {}, el("code", { title: row.fingerprint }, row.fingerprint.slice(0, 12)))))));
}

export function startJobs() {
  onOpen("jobs", refresh);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && followed.size) refresh(); });
  $("reindex").addEventListener("click", () => startJob({ kind: "reindex" }).catch((error) => complain(error, "Not begun")));
  $("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    useAdminKey($("key").value);
    $("key").value = "";
    $("key-form").hidden = true;
    say("The key is used from now on, until this tab is closed.");
  });
}
