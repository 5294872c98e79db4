// A board of cards in columns: arrows walk through it, letters press its buttons while the focus is inside.

function step(board: HTMLElement, card: HTMLElement, key: string): HTMLElement | undefined {
  const columns = [...board.querySelectorAll<HTMLElement>("[data-column]")].map((column) => [
    ...column.querySelectorAll<HTMLElement>("[data-card]"),
  ]);
  const at = columns.findIndex((cards) => cards.includes(card));
  const row = columns[at].indexOf(card);
  if (key === "ArrowDown") return columns[at][row + 1];
  if (key === "ArrowUp") return columns[at][row - 1];
  const side = key === "ArrowRight" ? columns.slice(at + 1) : columns.slice(0, at).reverse();
  const next = side.find((cards) => cards.length);
  return next?.[Math.min(row, next.length - 1)];
}

export function startBoards(): void {
  document.addEventListener("keydown", (event) => {
    const card = (event.target as Element).closest<HTMLElement>("[data-card]");
    const board = card?.closest<HTMLElement>("[data-board]");
    if (!card || !board || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      step(board, card, event.key)?.focus();
    } else if (/^[a-z]$/.test(event.key)) {
      document.querySelector<HTMLButtonElement>(`[data-key="${event.key}"]:not(:disabled)`)?.click();
    }
  });
}
