// What a link leads to is unfolded, and shown again where a search hides it.
const openAround = (element) => {
  for (let each = element; each; each = each.parentElement) {
    if (each.tagName === "DETAILS") each.open = true;
  }
};
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.closest("[hidden]")) {
    search.value = "";
    for (const group of groups) if (group.element.contains(target)) clear(group);
    filter();
  }
  openAround(target);
  target.scrollIntoView({ block: target.matches(".line, tr") ? "center" : "start" });
  if (!target.matches(".line")) target.focus({ preventScroll: true });
};
window.addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.hash === location.hash) reveal();
});
reveal();

// Everything unfolds on paper, so that nothing is missing there.
const folded = () => [...document.querySelectorAll("details:not([open])")];
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = folded();
  for (const details of closed) details.open = true;
});
window.addEventListener("afterprint", () => {
  for (const details of closed) details.open = false;
});
const unfold = document.querySelector("#unfold");
unfold.addEventListener("click", () => {
  const open = unfold.textContent === "Unfold all";
  for (const details of document.querySelectorAll("main details")) details.open = open;
  unfold.textContent = open ? "Fold all" : "Unfold all";
});

