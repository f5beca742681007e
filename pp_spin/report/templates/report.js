"use strict";
const root = document.documentElement;
const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

const themeButton = document.getElementById("theme");
themeButton.hidden = false;
themeButton.addEventListener("click", () => {
  const now = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
});

// Pages: the address says which claim is read; what it names elsewhere is on the front page.
const show = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const claim = target && target.closest("article.claim");
  for (const old of all(".current")) old.classList.remove("current");
  if (claim) {
    claim.classList.add("current");
    claim.closest("section").classList.add("current");
  }
  document.body.dataset.view = claim ? "claim" : target && target.closest("#pages") ? "all" : "front";
  if (claim) scrollTo(0, 0);
  else if (target) target.scrollIntoView();
};
addEventListener("hashchange", show);
show();

// The map: what a claim rests on and what rests on it, however far away.
const map = document.querySelector("svg.map");
const told = document.getElementById("told");
if (map) {
  told.hidden = false;
  const arrows = all(".arrows path", map);
  const from = new Map(), to = new Map();
  for (const arrow of arrows) {
    for (const [ends, end] of [[from, arrow.dataset.from], [to, arrow.dataset.to]]) {
      if (!ends.has(end)) ends.set(end, []);
      ends.get(end).push(arrow);
    }
  }
  const follow = (start, ends, next) => {
    const found = new Set(), waiting = [start];
    while (waiting.length) {
      for (const arrow of ends.get(waiting.pop()) || []) {
        if (!found.has(arrow)) {
          found.add(arrow);
          waiting.push(arrow.dataset[next]);
        }
      }
    }
    return found;
  };
  const rest = () => {
    map.classList.remove("looking");
    for (const near of all(".near", map)) near.classList.remove("near");
    told.textContent = "";
  };
  for (const node of all(".node", map)) {
    const look = () => {
      rest();
      const id = node.dataset.id;
      const near = [...follow(id, to, "from"), ...follow(id, from, "to")];
      const ids = new Set([id, ...near.flatMap((arrow) => [arrow.dataset.from, arrow.dataset.to])]);
      for (const arrow of near) arrow.classList.add("near");
      for (const other of all(".node", map)) other.classList.toggle("near", ids.has(other.dataset.id));
      map.classList.add("looking");
      told.textContent = node.dataset.told;
    };
    node.addEventListener("mouseenter", look);
    node.addEventListener("focus", look);
    node.addEventListener("mouseleave", rest);
    node.addEventListener("blur", rest);
  }
  for (const key of all(".key")) {
    key.addEventListener("click", () => {
      const pressed = key.getAttribute("aria-pressed") !== "true";
      for (const other of all(".key")) other.setAttribute("aria-pressed", String(other === key && pressed));
      map.classList.toggle("sorting", pressed);
      for (const node of all(".node", map)) {
        node.classList.toggle("chosen", node.dataset.status === key.dataset.status);
      }
    });
  }
}

const tools = document.getElementById("tools");
if (tools) {
  tools.hidden = false;
  const filter = document.getElementById("filter");
  const surprises = document.getElementById("surprises");
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of all("#overview tbody tr[data-standing]")) {
      const text = row.dataset.words.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word)) ||
        (surprises.checked && row.dataset.standing === "as expected");
      if (!row.hidden) shown += 1;
    }
    for (const heading of all("#overview tbody")) {
      heading.hidden = !heading.querySelector("tr[data-standing]:not([hidden])");
    }
    document.getElementById("shown").textContent = shown + " shown";
  };
  filter.addEventListener("input", apply);
  surprises.addEventListener("change", apply);
}

let folded = [];
addEventListener("beforeprint", () => {
  folded = all("details:not([open])");
  for (const fold of folded) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of folded) fold.open = false;
});
