// Long work on the whole collection, and the generations of features it makes. While a job is under way and the page is
// looked at, its progress is asked for every second.

import { $, complain, el, fill, plural, say } from "/page/dom.js";
import { getJSON, postJSON, Refusal, send, useAdminKey } from "/page/api.js";
import { collectionChanged } from "/page/labels.js";
import { isOpen, onOpen } from "/page/tabs.js";

export const isUnderWay = (job) => job.status === "running" || job.status === "cancelling";
const listeners = [];
let timer = null;
let isFollowing = false;

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
  isFollowing = true;
  clearTimeout(timer);
  timer = setTimeout(refresh);
  return job;
}

async function stop(job) {
  await asAdmin(() => send(`/v1/jobs/${job.id}`, { method: "DELETE", admin: true }));
  await refresh();
}

async function refresh() {
  clearTimeout(timer);
  try {
    const { data: jobs } = await getJSON("/v1/jobs");
    const wasFollowing = isFollowing;
    isFollowing = jobs.some(isUnderWay);
    fill($("jobs"), jobs.map(item));
    $("jobs-note").textContent = jobs.length ? "" : "No job has run since the server started.";
    for (const listener of listeners) listener(jobs);
    if (wasFollowing && !isFollowing) {
      collectionChanged();
      say(`Job ${jobs[0].id} ${jobs[0].status}.`);
    }
    if (isOpen("jobs")) await showGenerations();
    if (isFollowing && !document.hidden) timer = setTimeout(refresh, 1000);
  } catch (error) {
    if (!(error instanceof Refusal)) return complain(error);
    $("jobs-note").textContent = error.message;
    $("reindex").disabled = error.kind === "no-collection";
  }
}

const clock = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const titles = { reindex: "Re-embed the collection", activate: "Switch to other features", drop: "Drop features", map: "Lay out the map" };

function item(job) {
  const { progress } = job;
  // A bar is full when the job has ended: what follows the last image, such as looking at all of them again, is work too.
  const share = progress?.total ? progress.done / progress.total : job.status === "succeeded" ? 1 : 0;
  const state = { running: "active" }[job.status] ?? job.status;
  return el("li", { class: "job", "data-job": job.id },
    el("div", { class: "bar" },
      el("h3", {}, `${job.id}. ${titles[job.kind] ?? job.kind} `, el("span", { class: `badge ${state}` }, job.status)),
      job.status === "running" ? el("button", { type: "button", onclick: () => stop(job).catch(complain) }, "Stop") : null),
    el("progress", { max: 1, value: isUnderWay(job) ? 0.98 * share : share, "aria-label": `Progress of job ${job.id}` }),
    el("p", { class: "quiet" }, facts(job)),
    job.error ? el("p", {}, job.error.detail ?? job.error.title) : null,
    ...(progress?.unusable ?? []).slice(0, 5).map(({ id, reason }) => el("p", { class: "quiet" }, `Image ${id}: ${reason}`)));
}

// What is known of how far a job is, as one line.
export function facts({ progress, started_at: began, finished_at: ended }) {
  const { phase, done, total, images_per_second: pace, eta_seconds: left, unusable_count: unusable } = progress ?? {};
  return [
    `begun ${clock(began)}`, ended ? `ended ${clock(ended)}` : phase,
    total ? `${done.toLocaleString("en")} of ${total.toLocaleString("en")}` : null, pace ? `${pace.toFixed(0)} images/s` : null,
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
  document.addEventListener("visibilitychange", () => { if (!document.hidden && isFollowing) refresh(); });
  $("reindex").addEventListener("click", () => startJob({ kind: "reindex" }).catch((error) => complain(error, "Not begun")));
  $("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    useAdminKey($("key").value);
    $("key").value = "";
    $("key-form").hidden = true;
    say("The key is used from now on, until this tab is closed.");
  });
}
