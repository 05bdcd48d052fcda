// Elements, and the two places where the page speaks: #status for what went well, #problem for what did not.
// Text becomes text nodes only, so a file's name or a label can never become markup.

export const $ = (id) => document.getElementById(id);

// An element with properties, and children that are elements, texts, or nothing.
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("aria-") || name.startsWith("data-") || name === "list") element.setAttribute(name, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const fill = (element, ...children) => {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
};

const kept = new WeakMap();

// Fills a list with an element an item and answers them by key. Those of items that were there stay where they are, so that
// focus and a press under way are not lost; `make` makes the others, `update` brings each up to date.
export function fillKept(list, items, keyOf, make, update = () => {}) {
  const before = kept.get(list) ?? new Map();
  const now = new Map(items.map((item) => [keyOf(item), before.get(keyOf(item)) ?? make(item)]));
  const elements = new Set(now.values());
  for (const child of [...list.children]) if (!elements.has(child)) child.remove();
  let next = list.firstElementChild;
  for (const element of elements) {
    if (element === next) next = next.nextElementSibling;
    else list.insertBefore(element, next);
  }
  kept.set(list, now);
  for (const item of items) update(now.get(keyOf(item)), item);
}

let fading;

// The last thing that happened: read out politely, and shown for a while where it cannot be seen anyway.
export function say(text, { isSeen = false } = {}) {
  const status = $("status");
  status.textContent = text;
  status.classList.toggle("shown", !isSeen);
  clearTimeout(fading);
  fading = setTimeout(() => status.classList.remove("shown"), Math.max(4500, 60 * text.length));
}

// An error, until it is dismissed or something better happens. A request that was called off is none.
export function complain(error, about) {
  if (error?.name === "AbortError") return;
  const text = error?.message ?? String(error);
  const problem = $("problem");
  const sentence = el("span", {}, about ? `${about}: ${text}` : text);
  fill(problem, sentence, el("button", { type: "button", onclick: forgive }, "Dismiss"));
  problem.dataset.error = error?.name ?? "";
  problem.hidden = false;
}

export function forgive() {
  $("problem").hidden = true;
  $("problem").dataset.error = "";
  fill($("problem"));
}

// The server answers: that it could not be reached is over.
export const reached = () => $("problem").dataset.error === "Unreachable" && forgive();

// The space does not break, so that a number and its sign stay together.
export const percent = (share, digits = 0) => `${(share * 100).toFixed(digits)}\u00a0%`;

export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

// A function that runs once in the next frame, however often it is called before.
export function perFrame(work) {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      work();
    });
  };
}

// A button that asks before it does what cannot be taken back: the first press shows and says the question, a second one
// within some seconds is the answer. `question()` is what the next press is asked, null where it may act at once.
export function sure(button, question, work) {
  let timer = null, before = null;
  const calm = () => {
    clearTimeout(timer);
    timer = null;
    button.classList.remove("sure");
    button.textContent = before.text;
    if (before.name === null) button.removeAttribute("aria-label");
    else button.setAttribute("aria-label", before.name);
  };
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (timer !== null) {
      calm();
      return work();
    }
    const asked = question();
    if (asked === null) return work();
    before = { text: button.textContent, name: button.getAttribute("aria-label") };
    button.classList.add("sure");
    button.textContent = "Sure?";
    button.setAttribute("aria-label", asked);
    say(`${asked} Press again to do it.`);
    timer = setTimeout(calm, 8000);
  });
}
