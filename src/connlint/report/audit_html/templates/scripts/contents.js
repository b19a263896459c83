// The table of contents tells which chapter is on the screen.
const entries = new Map();
for (const link of document.querySelectorAll(".contents a")) entries.set(link.hash.slice(1), link);
const onScreen = new Set();
const watcher = new IntersectionObserver(
  (changes) => {
    for (const change of changes) {
      if (change.isIntersecting) onScreen.add(change.target.id);
      else onScreen.delete(change.target.id);
    }
    let current = null;
    for (const [id, link] of entries) {
      link.removeAttribute("aria-current");
      if (!current && onScreen.has(id)) current = link;
    }
    if (current) current.setAttribute("aria-current", "true");
  },
  { rootMargin: "-80px 0px -60% 0px" },
);
for (const id of entries.keys()) watcher.observe(document.getElementById(id));
