// Menus, dialogs, colour scheme and the keys that work everywhere.

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

function switchTheme(): void {
  const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
  document.documentElement.dataset.bsTheme = next;
  localStorage.setItem("serment-theme", next);
  document.dispatchEvent(new Event("serment:theme"));
}

export function openDialog(id: string): void {
  const dialog = document.getElementById(id) as HTMLDialogElement | null;
  if (dialog && !dialog.open) dialog.showModal();
}

export function startMenus(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    for (const open of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
      if (!open.contains(target) || target.closest(".menu-item")) open.open = false;
    }
    if (target.closest("[data-theme-toggle]")) switchTheme();
    const opener = target.closest<HTMLElement>("[data-open-dialog]");
    if (opener?.dataset.openDialog) openDialog(opener.dataset.openDialog);
    if (target.closest("[data-print]")) window.print();
    if (target.closest("[data-back]")) history.back();
    if (target instanceof HTMLDialogElement && target.open) target.close("no");
  });
  document.addEventListener("keydown", (event) => {
    if (document.getElementById("lock")?.hidden === false) return;
    const mod = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") {
      for (const open of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
        open.open = false;
        open.querySelector("summary")?.focus();
      }
    } else if (mod && event.key.toLowerCase() === "k") {
      event.preventDefault();
      focusSearch();
    } else if (mod && event.key === "Enter" && event.target instanceof HTMLElement) {
      // A form with data-submit-keys hears its keys by itself (gestures.ts): sent once.
      if (!event.target.dataset.signs) event.target.closest<HTMLFormElement>("form:not([data-submit-keys])")?.requestSubmit();
    } else if (!mod && !event.altKey && !typing(event.target) && !document.querySelector("dialog[open]")) {
      if (event.key === "/") {
        event.preventDefault();
        focusSearch();
      } else if (event.key === "?") {
        event.preventDefault();
        openDialog("keyboard-help");
      }
    }
  });
}

function focusSearch(): void {
  const field = document.getElementById("search-field") as HTMLInputElement | null;
  field?.focus();
  field?.select();
}
