// The Markdown that model cards are written in, as elements: headings, paragraphs, lists, tables, code. What it does not know
// stays text, and everything is text nodes, so a card can bring no markup of its own.

import { el } from "/page/dom.js";

// Code, bold, emphasis and links within a line; a link is shown as its text with the address behind it.
function inline(text) {
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(end, match.index));
    const [whole, code, bold, emphasis, link, address] = match;
    if (code) parts.push(el("code", {}, code));
    else if (bold) parts.push(el("strong", {}, inline(bold)));
    else if (emphasis) parts.push(el("em", {}, inline(emphasis)));
    else if (/^https?:/.test(address)) parts.push(el("a", { href: address, rel: "noreferrer", target: "_blank" }, inline(link)));
    else parts.push(...inline(link));
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)].filter((part) => part !== "");
}

const cells = (row) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

function table([first, , ...rows]) {
  const row = (tag, line) => el("tr", {}, cells(line).map((cell) => el(tag, tag === "th" ? { scope: "col" } : {}, inline(cell))));
  const head = cells(first).some((cell) => cell) ? el("thead", {}, row("th", first)) : null;
  return el("div", { class: "scroll" }, el("table", {}, head, el("tbody", {}, rows.map((line) => row("td", line)))));
}

const bullet = /^\s*[-*+]\s+/, number = /^\s*\d+[.)]\s+/, heading = /^(#{1,6})\s+(.*)$/;
const beginsBlock = (line) => /^(#{1,6}\s|```|\|)/.test(line) || bullet.test(line) || number.test(line);

// The elements of a text; `level` is that of its largest heading in the page.
export function rendered(text, level = 2) {
  const lines = text.replaceAll("\r", "").split("\n");
  const blocks = [];
  let at = 0;
  const run = (belongs) => {
    const start = at;
    while (at < lines.length && belongs(lines[at])) at += 1;
    return lines.slice(start, at);
  };
  while (at < lines.length) {
    const line = lines[at];
    if (line.trim() === "") at += 1;
    else if (line.startsWith("```")) {
      at += 1;
      blocks.push(el("pre", {}, el("code", {}, run((next) => !next.startsWith("```")).join("\n"))));
      at += 1;
    } else if (heading.test(line)) {
      const [, marks, title] = heading.exec(line);
      blocks.push(el(`h${Math.min(level + marks.length - 1, 6)}`, {}, inline(title)));
      at += 1;
    } else if (line.startsWith("|")) {
      blocks.push(table(run((next) => next.startsWith("|"))));
    } else if (bullet.test(line) || number.test(line)) {
      const mark = bullet.test(line) ? bullet : number;
      const items = [];
      for (const next of run((next) => mark.test(next) || /^\s+\S/.test(next))) {
        if (mark.test(next)) items.push(next.replace(mark, ""));
        else items.push(`${items.pop()} ${next.trim()}`);
      }
      blocks.push(el(mark === bullet ? "ul" : "ol", {}, items.map((entry) => el("li", {}, inline(entry)))));
    } else {
      const first = at;
      blocks.push(el("p", {}, inline(run((next) => next.trim() !== "" && (at === first || !beginsBlock(next))).join(" "))));
    }
  }
  return blocks;
}
