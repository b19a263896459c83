"use strict";
(() => {
  const root = document.documentElement;
  const search = document.querySelector("#search");
  const chosen = new Set();

  // Theme: as the system says until a person says otherwise.
  const themes = ["auto", "light", "dark"];
  const button = document.querySelector("#theme");
  const show = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    button.textContent = "Theme: " + theme;
  };
  let theme = "auto";
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    show(theme);
  });
  show(theme);

  // Searching: every word has to be in the text; verdicts narrow what carries one.
  const items = [...document.querySelectorAll("[data-item]")].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
    verdict: element.dataset.verdict || "",
  }));
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      const said = words.every((word) => item.text.includes(word));
      const wanted = !chosen.size || !item.verdict || chosen.has(item.verdict);
      item.element.hidden = !(said && wanted);
    }
    for (const group of document.querySelectorAll("[data-group]")) {
      const inside = group.querySelectorAll("[data-item]");
      const left = [...inside].filter((element) => !element.hidden).length;
      const note = group.querySelector(".none");
      if (note) note.hidden = left > 0;
      if (group.matches("details")) {
        group.hidden = left === 0;
        if (words.length || chosen.size) group.open = left > 0;
      }
      const count = group.querySelector("[data-count]");
      if (count) count.textContent = left === inside.length ? left : left + " of " + inside.length;
    }
  };
  search.addEventListener("input", filter);
  for (const chip of document.querySelectorAll("[data-choose]")) {
    chip.addEventListener("click", () => {
      const verdict = chip.dataset.choose;
      if (chosen.has(verdict)) chosen.delete(verdict);
      else chosen.add(verdict);
      chip.setAttribute("aria-pressed", String(chosen.has(verdict)));
      filter();
    });
  }

  // Sorting: numbers as numbers, paths with their lines in order.
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const key = (row, index) => {
    const cell = row.cells[index];
    return cell ? cell.dataset.sort || cell.textContent.trim() : "";
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, index) => {
      const control = document.createElement("button");
      control.type = "button";
      control.textContent = head.textContent;
      head.replaceChildren(control);
      control.addEventListener("click", () => {
        const descending = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = [...body.rows];
        rows.sort((a, b) => collator.compare(key(a, index), key(b, index)) * (descending ? -1 : 1));
        body.append(...rows);
      });
    });
  }

  // Unfold everything before printing, so that nothing is missing on paper.
  const folded = () => document.querySelectorAll("details:not([open])");
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...folded()];
    for (const details of closed) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
  document.querySelector("#unfold").addEventListener("click", () => {
    const all = [...folded()];
    const open = all.length > 0;
    for (const details of document.querySelectorAll("details")) details.open = open;
  });
})();
