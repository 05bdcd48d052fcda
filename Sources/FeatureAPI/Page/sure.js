// A button that asks before it does what cannot be taken back: the first press shows and says the question, a second one
// within some seconds is the answer.

import { say } from "/page/dom.js";

// `question()` is what the next press is asked, null where it may act at once.
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
