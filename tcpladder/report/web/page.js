"use strict";
// The table is sorted and filtered by columns of numbers; rows are made as they are shown, of text only.
const byId = (id) => document.getElementById(id);
const { columns, ladders } = JSON.parse(byId("data").textContent);
const PAGE = 500;
const LEVELS = ["violation", "deviation", "note"];
const SIGNS = ["\u25a0", "\u25b2", "\u25cf"];
const CLEAN = 9;
const headings = [...document.querySelectorAll("#list th")].map((th) => ({ th, key: th.dataset.key, kind: th.dataset.kind }));
const body = document.querySelector("#list tbody");
const numbers = columns.connection.values;
const drawn = new Set(ladders);
let inOrder = numbers.map((_, row) => row);
let order = inOrder;
let shown = body.rows.length;

const writers = {
  level: (column, row) => SIGNS[column.values[row]] ?? "",
  number: (column, row) => String(column.values[row] ?? ""),
  time: (column, row) => (column.values[row] / 1e6).toFixed(6),
  word: (column, row) => column.words[column.values[row]],
  text: (column, row) => column.words[column.values[row]],
  end: (column, row) => {
    const address = column.words[column.values[row]];
    return (address.includes(":") ? `[${address}]` : address) + `:${column.ports[row]}`;
  },
};

function made(name, text, attributes = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function cell({ key, kind }, row) {
  const column = columns[key];
  const text = writers[kind](column, row);
  const td = made("td", "", { class: kind });
  if (kind === "level" && text) td.append(made("span", text, { class: LEVELS[column.values[row]], title: LEVELS[column.values[row]] }));
  else if (key === "connection" && drawn.has(numbers[row])) td.append(made("a", text, { href: `#c${text}` }));
  else if (key === "finding" && text) td.append(made("a", text, { href: `#rule-${text}` }));
  else td.textContent = text;
  if (kind === "text") td.title = text;
  const name = column.names?.[column.values[row]];
  if (name) td.append(" ", made("span", name, { class: "name", title: name }));
  return td;
}

function line(row) {
  const tr = document.createElement("tr");
  tr.id = `t${numbers[row]}`;
  tr.append(...headings.map((heading) => cell(heading, row)));
  return tr;
}

// -- order and filter ---------------------------------------------------------------------------

let sortedBy = { key: "level", isDescending: false };

function sorted() {
  const { key, isDescending } = sortedBy;
  const { values, words, ports } = columns[key];
  const sign = isDescending ? -1 : 1;
  const isLast = (row) => values[row] === null || (key === "level" ? values[row] === CLEAN : words?.[values[row]] === "");
  return [...inOrder].sort((a, b) =>
    isLast(a) - isLast(b) || sign * (values[a] - values[b]) || (ports ? sign * (ports[a] - ports[b]) : 0) || a - b);
}

let texts;

function textOf(row) {
  texts ??= [];
  return (texts[row] ??= headings
    .map(({ key, kind }) => {
      const column = columns[key];
      if (kind === "level") return LEVELS[column.values[row]] ?? "";
      const name = column.names?.[column.values[row]] ?? "";
      return `${writers[kind](column, row)} ${name}`;
    })
    .join(" ")
    .toLowerCase());
}

function isFound(word, row) {
  return /^#\d+$/.test(word) ? numbers[row] === Number(word.slice(1)) : textOf(row).includes(word);
}

function refresh() {
  const wanted = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const gravity = Number(byId("least").value);
  const levels = columns.level.values;
  order = inOrder.filter((row) => levels[row] <= gravity && wanted.every((word) => isFound(word, row)));
  body.replaceChildren(...order.slice(0, PAGE).map(line));
  shown = body.rows.length;
  tell();
}

const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, " ");

function tell() {
  const rest = order.length - shown;
  byId("matches").textContent = `${grouped(order.length)} of ${grouped(numbers.length)}`;
  byId("more").hidden = rest <= 0;
  byId("more").textContent = `Show ${Math.min(rest, PAGE)} more of ${grouped(rest)}`;
}

function sortBy(heading) {
  const isSame = sortedBy.key === heading.key;
  sortedBy = { key: heading.key, isDescending: isSame && !sortedBy.isDescending };
  for (const { th } of headings) th.removeAttribute("aria-sort");
  heading.th.setAttribute("aria-sort", sortedBy.isDescending ? "descending" : "ascending");
  inOrder = sorted();
  refresh();
}

for (const heading of headings) {
  const button = made("button", heading.th.textContent, { type: "button", "aria-label": heading.th.title });
  heading.th.replaceChildren(button);
  button.addEventListener("click", () => sortBy(heading));
}

let waiting;
byId("find").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 120);
});
byId("least").addEventListener("change", () => refresh());
byId("more").addEventListener("click", () => {
  body.append(...order.slice(shown, shown + PAGE).map(line));
  shown = body.rows.length;
  tell();
});
for (const link of document.querySelectorAll("[data-find]")) {
  link.addEventListener("click", () => {
    byId("find").value = link.dataset.find;
    refresh();
  });
}

// -- links, folds, print and looks ---------------------------------------------------------------

function arrive() {
  const place = location.hash.slice(1);
  if (/^t\d+$/.test(place) && !byId(place)) {
    byId("find").value = `#${place.slice(1)}`;
    byId("least").value = String(CLEAN);
    refresh();
  }
  for (const row of body.querySelectorAll(".target")) row.classList.remove("target");
  const element = place && byId(place);
  if (!element) return;
  if (element.matches("tr")) element.classList.add("target");
  if (element.matches("details")) element.open = true;
  const show = () => element.scrollIntoView({ block: element.matches("tr") ? "center" : "start" });
  show();
  requestAnimationFrame(show); // what was above it may have got its height only now
}

const folds = [...document.querySelectorAll("details")];
for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => {
    for (const fold of folds) fold.open = button.dataset.open === "true";
  });
}
let closed = [];
addEventListener("beforeprint", () => {
  closed = folds.filter((fold) => !fold.open);
  for (const fold of closed) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of closed) fold.open = false;
});

const THEMES = ["system", "light", "dark"];
byId("theme").addEventListener("click", () => {
  const { dataset } = document.documentElement;
  const next = THEMES[(THEMES.indexOf(dataset.theme ?? "system") + 1) % THEMES.length];
  dataset.theme = next;
  byId("theme").textContent = `Theme: ${next}`;
});

for (const id of ["theme", "tools", "folds"]) if (byId(id)) byId(id).hidden = false;
tell();
addEventListener("hashchange", arrive);
arrive();
