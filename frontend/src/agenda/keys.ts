// The agenda by keyboard. Where an event is on screen decides what its neighbours are.

export interface Gestures {
  open: (id: string) => void;
  create: () => void;
  /** Slots and days to add; `resize` moves the end only. */
  shift: (id: string, slots: number, days: number, resize: boolean) => void;
}

const idOf = (element: Element | null): string =>
  element?.closest(".ec-event")?.querySelector<HTMLElement>("[data-event]")?.dataset.event ?? "";

export function focusEvent(root: HTMLElement, id: string): void {
  const inside = root.querySelector(`[data-event="${CSS.escape(id)}"]`);
  inside?.closest<HTMLElement>(".ec-event")?.focus();
}

/** The nearest event in the direction of `key`, same column first for up and down. */
function neighbour(root: HTMLElement, from: HTMLElement, key: string): HTMLElement | null {
  const here = from.getBoundingClientRect();
  const upright = key === "ArrowUp" || key === "ArrowDown";
  const sign = key === "ArrowDown" || key === "ArrowRight" ? 1 : -1;
  let best: HTMLElement | null = null;
  let cost = Infinity;
  for (const other of root.querySelectorAll<HTMLElement>(".ec-event[tabindex]")) {
    if (other === from) continue;
    const there = other.getBoundingClientRect();
    const dx = there.left - here.left;
    const dy = there.top - here.top;
    const along = sign * (upright ? dy : dx);
    if (upright ? along < 1 : along < 8) continue;
    const across = Math.abs(upright ? dx : dy);
    const total = upright ? along + across * 50 : along * 50 + across;
    if (total < cost) {
      cost = total;
      best = other;
    }
  }
  return best;
}

export function startKeys(root: HTMLElement, gestures: Gestures): void {
  root.addEventListener("keydown", (event) => {
    const element = (event.target as Element).closest<HTMLElement>(".ec-event");
    if (!element || !/^Arrow/.test(event.key) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const sign = event.key === "ArrowDown" || event.key === "ArrowRight" ? 1 : -1;
    const upright = event.key === "ArrowUp" || event.key === "ArrowDown";
    if (!event.altKey) {
      const next = neighbour(root, element, event.key);
      next?.focus();
      next?.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.shiftKey) {
      if (upright) gestures.shift(idOf(element), sign, 0, true);
    } else {
      gestures.shift(idOf(element), upright ? sign : 0, upright ? 0 : sign, false);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open], .offcanvas.show")) return;
    if (document.getElementById("lock")?.hidden === false) return;
    const target = event.target as HTMLElement;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable) return;
    if (event.key.toLowerCase() === "n") {
      event.preventDefault();
      gestures.create();
    } else if (/^Arrow/.test(event.key) && (target === document.body || target.id === "content")) {
      const first = root.querySelector<HTMLElement>(".ec-event[tabindex]");
      if (first) {
        event.preventDefault();
        first.focus();
      }
    }
  });
}
