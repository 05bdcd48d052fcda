// The ways in for photographs: picked, dropped anywhere on the page, pasted.

import { $, complain } from "/page/dom.js";
import { take } from "/page/photographs.js";

export function startIntake() {
  const root = document.documentElement;
  const enter = (files) => take([...files]).catch(complain);
  $("file").value = "";
  $("file").addEventListener("change", (event) => {
    enter(event.target.files);
    event.target.value = "";
  });
  // Text, links and the page's own pictures are dragged as everywhere else; only files from outside are taken.
  let isOwn = false;
  const brings = (event) => !isOwn && event.dataTransfer.types.includes("Files");
  const calm = () => {
    isOwn = false;
    root.classList.remove("dragging");
  };
  addEventListener("dragstart", () => { isOwn = true; });
  addEventListener("dragend", calm);
  addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    root.classList.add("dragging");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) root.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    const isMeant = brings(event);
    calm();
    if (!isMeant) return;
    event.preventDefault();
    enter(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    const files = event.clipboardData?.files ?? [];
    if (files.length === 0) return;
    event.preventDefault();
    enter(files);
  });
}
