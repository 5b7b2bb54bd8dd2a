// Sort a table by the heading that is pressed, and say what a ranking by test score is worth.
(() => {
  const warning = (heading) =>
    `SELECTED ON TEST: ranked by ${heading} on the test folds. Whoever picks the first row for ` +
    "that has selected on test, and its figure is too good.";

  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.order === undefined
      ? cell.textContent.trim()
      : Number(cell.dataset.order);
  };

  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number"
      ? a - b
      : String(a).localeCompare(String(b), "en", { numeric: true });

  const sort = (table, heading, column, note) => {
    const numeric = heading.classList.contains("numeric");
    const before = heading.getAttribute("aria-sort");
    const falling = numeric && heading.dataset.rising === undefined;
    const [first, other] = falling ? ["descending", "ascending"] : ["ascending", "descending"];
    const order = before === first ? other : first;
    const sign = order === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const empty = (row) => Number.isNaN(key(row, column)); // what was not computed stays last
    const rows = [...body.rows].sort(
      (a, b) => empty(a) - empty(b) || sign * compare(key(a, column), key(b, column)),
    );
    body.append(...rows);
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", order);
    note.textContent = heading.dataset.test ? warning(heading.dataset.test) : "";
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    if (table.tBodies[0].rows.length < 2) continue;
    const note = document.createElement("p");
    note.className = "ranked";
    note.setAttribute("aria-live", "polite");
    table.closest(".scroll").after(note);
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, heading, column, note));
      heading.append(button);
    });
  }
})();
