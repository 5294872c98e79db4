// Small gestures of the pages: remove a line, insert a text where the caret is, submit by Ctrl+Enter, let a text area grow.

function grow(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

export function startGestures(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[data-remove-line]");
    const line = button?.closest("[data-line]");
    const list = line?.parentElement;
    line?.remove();
    // What is reckoned from the lines hears that one left.
    if (line) list?.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-insert]");
    const area = button && document.querySelector<HTMLTextAreaElement>(button.dataset.insertInto!);
    if (!area) return;
    area.setRangeText(button.dataset.insert!, area.selectionStart, area.selectionEnd, "end");
    area.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = (event.target as Element).closest<HTMLFormElement>('form[data-submit-keys="ctrl+enter"]');
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement && event.target.matches("[data-grow]")) grow(event.target);
  });
  document.querySelectorAll<HTMLTextAreaElement>("textarea[data-grow]").forEach(grow);
}
