// Searching and narrowing. An item shows when every word of the search is in its text and each
// facet of its group that something was chosen for holds one of the chosen values.
const FEW = 60;
const search = document.querySelector("#search");
const found = document.querySelector("#found");

const textOf = (element) => {
  let text = element.textContent;
  let fold = element.closest("[data-fold]");
  while (fold) {
    text += " " + fold.firstElementChild.textContent;
    fold = fold.parentElement.closest("[data-fold]");
  }
  return text.toLowerCase();
};
const groups = [...document.querySelectorAll("[data-group]")].map((element) => ({
  element,
  items: [...element.querySelectorAll("[data-item]")].map((item) => ({ element: item, text: null })),
  controls: [...element.querySelectorAll("[data-facet]")],
  folds: [...element.querySelectorAll("[data-fold]")].reverse(),
  none: element.querySelector(".none"),
  count: element.querySelector("[data-count]"),
}));

const chosenIn = (group) => {
  const chosen = new Map();
  for (const control of group.controls) {
    const value =
      control.tagName === "SELECT"
        ? control.value
        : control.checked || control.getAttribute("aria-pressed") === "true"
          ? control.dataset.value
          : "";
    if (!value) continue;
    if (!chosen.has(control.dataset.facet)) chosen.set(control.dataset.facet, new Set());
    chosen.get(control.dataset.facet).add(value);
  }
  return [...chosen];
};
const narrow = (group, words) => {
  const chosen = chosenIn(group);
  let left = 0;
  for (const item of group.items) {
    let shows = chosen.every(([facet, values]) => values.has(item.element.dataset[facet] || ""));
    if (shows && words.length) {
      item.text ??= textOf(item.element);
      shows = words.every((word) => item.text.includes(word));
    }
    item.element.hidden = !shows;
    if (shows) left += 1;
  }
  for (const fold of group.folds) {
    fold.hidden = !fold.querySelector("[data-item]:not([hidden])");
    if (fold.matches("details") && !fold.hidden && (words.length || chosen.length) && left <= FEW) {
      fold.open = true;
    }
  }
  const all = group.items.length;
  if (group.none) group.none.hidden = left > 0 || !all;
  if (group.count) group.count.textContent = left === all ? all : left + " of " + all;
  return left;
};
const filter = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const lefts = groups.map((group) => [narrow(group, words), group.element.dataset.noun]);
  const shown = lefts.filter(([left]) => left).map(([left, noun]) => left + " " + noun);
  found.textContent = words.length ? shown.join(", ") || "nothing found" : "";
};
const clear = (group) => {
  for (const control of group.controls) {
    if (control.tagName === "SELECT") control.value = "";
    else if (control.type === "checkbox") control.checked = false;
    else control.setAttribute("aria-pressed", "false");
  }
};
const choose = (group, facet, value) => {
  for (const control of group.controls) {
    if (control.dataset.facet !== facet) continue;
    if (control.tagName === "SELECT") control.value = value;
    else if (control.dataset.value === value) control.setAttribute("aria-pressed", "true");
  }
};
for (const tools of document.querySelectorAll("[data-group] .tools")) {
  tools.hidden = !tools.querySelector("[data-facet]");
}

let waiting = 0;
search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(filter, 80);
});
for (const group of groups) {
  for (const control of group.controls) {
    if (control.type === "button") {
      control.addEventListener("click", () => {
        const pressed = control.getAttribute("aria-pressed") === "true";
        control.setAttribute("aria-pressed", String(!pressed));
        filter();
      });
    } else {
      control.addEventListener("change", filter);
    }
  }
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-choose]");
  if (!link) return;
  const [name, facet, value] = link.dataset.choose.split(":");
  const group = groups.find((each) => each.element.id === name);
  if (!group) return;
  clear(group);
  if (facet) choose(group, facet, value);
  search.value = "";
  filter();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape" && event.target === search) {
    search.value = "";
    filter();
  }
});

