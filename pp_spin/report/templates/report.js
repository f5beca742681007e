"use strict";
const root = document.documentElement;
const all = (selector) => Array.from(document.querySelectorAll(selector));

const themeButton = document.getElementById("theme");
themeButton.hidden = false;
themeButton.addEventListener("click", () => {
  const now = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
});

const tools = document.getElementById("tools");
const filter = document.getElementById("filter");
const surprises = document.getElementById("surprises");
if (tools) {
  tools.hidden = false;
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of all("#overview tbody tr[data-standing], article.claim")) {
      const text = (row.dataset.words || row.textContent).toLowerCase();
      const keep = words.every((word) => text.includes(word)) &&
        !(surprises.checked && row.dataset.standing === "as expected");
      row.hidden = !keep;
      if (keep && row.matches("tr")) shown += 1;
    }
    for (const group of all("section.claims")) {
      group.hidden = !group.querySelector("article.claim:not([hidden])");
    }
    for (const heading of all("#overview tbody")) {
      heading.hidden = !heading.querySelector("tr[data-standing]:not([hidden])");
    }
    document.getElementById("shown").textContent = shown + " shown";
  };
  filter.addEventListener("input", apply);
  surprises.addEventListener("change", apply);
  document.getElementById("unfold").addEventListener("click", (event) => {
    const open = event.target.dataset.open !== "yes";
    event.target.dataset.open = open ? "yes" : "no";
    event.target.textContent = open ? "Fold all proofs and evidence" : "Unfold all proofs and evidence";
    for (const fold of all("article.claim details")) fold.open = open;
  });
}

const unfoldTarget = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) {
    for (const fold of target.querySelectorAll("details")) fold.open = true;
  }
};
addEventListener("hashchange", unfoldTarget);
unfoldTarget();

let folded = [];
addEventListener("beforeprint", () => {
  folded = all("details:not([open])");
  for (const fold of folded) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of folded) fold.open = false;
});
