// Requests to this server. An answer that is no success becomes a `Refusal` with the sentence of its problem+json;
// where the server is busy it says when to come back, and the page does, twice.

import { reached, say } from "/page/dom.js";

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`);
    this.status = status;
    this.kind = (problem.type ?? "").split(":").pop();
  }
}

const ofCollection = /^\/v1\/(images|search|classify|map|jobs|generations)\b/;
let served = null;

// The loaded model and whether there is a collection, asked once. Where there is none, nothing of one is asked for: the
// console would list each refusal as an error.
export const models = () => served ??= getJSON("/v1/models");

let adminKey = "";
export const useAdminKey = (key) => { adminKey = key; };

// The answer to a request, once it is a success.
export async function send(path, { method = "GET", query, headers = {}, body, json, signal, admin = false } = {}) {
  if (ofCollection.test(path) && !(await models()).collection) {
    throw new Refusal(404, { type: "no-collection", detail: "This server keeps no collection; start it with --database FILE to have one." });
  }
  const options = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== "");
  const url = options.length ? `${path}?${new URLSearchParams(options)}` : path;
  const fields = { ...headers };
  if (json !== undefined) fields["Content-Type"] ??= "application/json";
  if (admin && adminKey) fields.Authorization = `Bearer ${adminKey}`;
  for (let tries = 0; ; tries += 1) {
    const response = await reach(url, { method, headers: fields, body: json === undefined ? body : JSON.stringify(json), signal });
    reached();
    if (response.ok) return response;
    const seconds = Number(response.headers.get("Retry-After"));
    const isBusy = response.status === 429 || response.status === 503;
    if (!isBusy || !(seconds > 0) || tries === 2) throw await refusal(response);
    await pause(Math.min(seconds, 30), signal);
  }
}

export const getJSON = async (path, options) => (await send(path, options)).json();
export const postJSON = (path, options) => getJSON(path, { method: "POST", ...options });

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    const unreachable = new Error("The server cannot be reached. Is it still running?", { cause: error });
    throw Object.assign(unreachable, { name: "Unreachable" });
  }
}

async function refusal(response) {
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // Not every answer on the way is the server's own; then its status has to do.
  }
  return new Refusal(response.status, problem);
}

function pause(seconds, signal) {
  say(`The server is busy; trying again in ${seconds} s.`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

// Little-endian float32 with the shape that X-Shape says; of an npy file, what follows its header.
export async function floats(response) {
  const shape = response.headers.get("X-Shape").split(",").map(Number);
  const bytes = await response.arrayBuffer();
  const count = shape.reduce((product, length) => product * length, 1);
  const values = new Float32Array(bytes.slice(bytes.byteLength - 4 * count));
  return { shape, values };
}

// Base64 of a file, for the requests that say more than the file itself.
export function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Error("The browser could not read the file.", { cause: reader.error }));
    reader.readAsDataURL(blob);
  });
}
