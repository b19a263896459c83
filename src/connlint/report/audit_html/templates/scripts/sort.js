// Sorting: upwards, downwards, as it was. Numbers count as numbers, so lines of a file stay in order.
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const compare = (a, b) => {
  const difference = Number(a) - Number(b);
  return a !== "" && b !== "" && !Number.isNaN(difference) ? difference : collator.compare(a, b);
};
const keyOf = (row, index) => {
  const cell = row.cells[index];
  return cell ? cell.dataset.sort || cell.textContent.trim() : "";
};
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const original = [...body.rows];
  const sortBy = (index) => {
    const before = heads[index].getAttribute("aria-sort");
    for (const head of heads) head.removeAttribute("aria-sort");
    if (before === "descending") {
      body.append(...original);
      return;
    }
    const factor = before === "ascending" ? -1 : 1;
    heads[index].setAttribute("aria-sort", factor > 0 ? "ascending" : "descending");
    const keyed = original.map((row) => [keyOf(row, index), row]);
    keyed.sort((a, b) => compare(a[0], b[0]) * factor);
    body.append(...keyed.map(([, row]) => row));
  };
  heads.forEach((head, index) => {
    const control = document.createElement("button");
    control.type = "button";
    control.append(...head.childNodes);
    head.append(control);
    control.addEventListener("click", () => sortBy(index));
  });
}

