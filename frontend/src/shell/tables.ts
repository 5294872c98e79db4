// A table too wide for its place becomes a list of its rows: nothing a person needs is off the screen of a phone.
// Roles are written out, because a browser forgets those of a table that is no longer displayed as one.

const ROLES: Record<string, string> = { TABLE: "table", TBODY: "rowgroup", TR: "row", TD: "cell", TH: "rowheader" };

/** Gives each cell of the body the heading of its column, once. */
function label(table: HTMLTableElement): void {
  // A heading that only screen readers have (« Gestes ») is not written beside its buttons.
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((head) =>
    head.querySelector(".visually-hidden") ? "" : (head.textContent?.trim() ?? ""),
  );
  table.setAttribute("role", ROLES.TABLE!);
  for (const body of table.tBodies) {
    body.setAttribute("role", ROLES.TBODY!);
    for (const row of body.rows) {
      row.setAttribute("role", ROLES.TR!);
      for (const cell of row.cells) {
        cell.setAttribute("role", ROLES[cell.tagName]!);
        cell.dataset.label = cell.colSpan > 1 ? "" : (heads[cell.cellIndex] ?? "");
      }
    }
  }
}

function fit(box: HTMLElement): void {
  const table = box.querySelector<HTMLTableElement>(":scope > table");
  if (!table || !box.clientWidth) return;
  table.classList.remove("stacked");
  if (box.scrollWidth <= box.clientWidth + 1) return;
  label(table);
  table.classList.add("stacked");
}

export function startTables(): void {
  const widths = new WeakMap<Element, number>();
  const seen = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (widths.get(target) === contentRect.width) continue;
      widths.set(target, contentRect.width);
      fit(target as HTMLElement);
    }
  });
  const look = (root: ParentNode) => {
    for (const box of root.querySelectorAll<HTMLElement>(".table-responsive")) {
      fit(box);
      seen.observe(box);
    }
  };
  look(document);
  document.addEventListener("htmx:afterSettle", () => look(document));
}
