// Small gestures of the pages: remove a line, insert a text where the caret is, submit by Ctrl+Enter, let a text area
// grow, follow the link that a letter names.

import { toast } from "./toast";

function grow(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

/** Whether a key was pressed on the page itself, not in a field, a menu or a dialog. */
const onNothing = (event: KeyboardEvent): boolean =>
  !(event.target as Element).closest("input,select,textarea,dialog,[contenteditable],[role=menu]");

/** A letter alone follows the link that names it: <a data-key="r">. */
function followKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !onNothing(event)) return;
  if (!/^[a-z]$/.test(event.key)) return;
  if (document.querySelector("dialog[open]")) return;
  const field = document.querySelector<HTMLElement>(`[data-focus-key="${event.key}"]`);
  const link = document.querySelector<HTMLElement>(`[data-key="${event.key}"]`);
  if (!field && !link) return;
  event.preventDefault();
  if (field) field.focus();
  else link?.click();
}

/** Alt and a key press the button that names it, even from a field: <button data-alt="t">, as the key is engraved. */
function pressAlt(event: KeyboardEvent): void {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  const key = /^Digit(\d)$/.exec(event.code)?.[1] ?? (/^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : "");
  const button = key && document.querySelector<HTMLElement>(`[data-alt="${key}"]:not(:disabled)`);
  if (!button || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  button.click();
}

/** data-clears="id id": once the element's own request succeeds, these are emptied; data-refocus returns to the first. */
function clearAfter(event: Event): void {
  const { elt, successful } = (event as CustomEvent<{ elt: HTMLElement; successful: boolean }>).detail;
  if (!successful || !elt.dataset?.clears) return;
  const targets = elt.dataset.clears.split(" ").map((id) => document.getElementById(id));
  for (const target of targets) {
    if (target instanceof HTMLInputElement) target.value = "";
    else target?.replaceChildren();
  }
  if ("refocus" in elt.dataset) targets[0]?.focus();
}

/** <details data-moment>: its folded line says the day, and the hour, that are typed in it. */
function sayMoment(event: Event): void {
  const details = (event.target as Element).closest<HTMLDetailsElement>("details[data-moment]");
  const said = details?.querySelector("[data-said]");
  const day = details?.querySelector<HTMLInputElement>("input[type=date]");
  const hour = details?.querySelector<HTMLInputElement>("input[type=time]");
  if (!said || !day || !hour) return;
  const [year, month, date] = day.value.split("-");
  const [h, m] = hour.value.split(":");
  said.textContent = (date ? `${date}/${month}/${year}` : "aujourd’hui") + (m ? ` à ${Number(h)} h ${m}` : "");
}

/** data-signs="id": Ctrl+Enter in this field signs that form; false, and said, while words are left in the field. */
function signedFrom(target: HTMLElement): HTMLFormElement | null | false {
  const id = target.dataset.signs;
  if (!id || !(target instanceof HTMLInputElement)) return null;
  const left = target.value.trim() !== "";
  if (left) toast("Ce que vous avez tapé n’est pas ajouté\u00a0: Entrée l’ajoute, ou effacez-le pour signer.", "warning");
  return left ? false : (document.getElementById(id) as HTMLFormElement | null);
}

export function startGestures(): void {
  document.addEventListener("input", sayMoment);
  document.addEventListener("htmx:afterRequest", clearAfter);
  document.addEventListener("keydown", followKey);
  document.addEventListener("keydown", pressAlt);
  // <details data-opens>: opened by hand or by its key, the first of its links or fields has the focus.
  document.addEventListener("click", (event) => {
    const details = (event.target as Element).closest("summary")?.closest<HTMLDetailsElement>("details[data-opens]");
    if (!details) return;
    setTimeout(() => {
      if (details.open) details.querySelector<HTMLElement>("a, button, input")?.focus();
    });
  });
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
    if (event.key !== "Enter") return;
    if (!(event.ctrlKey || event.metaKey)) {
      // A form that is signed by Ctrl+Enter is not signed by Enter, pressed by habit at the end of a line.
      const target = event.target as Element;
      if (target instanceof HTMLInputElement && !/^(submit|button|image|reset)$/.test(target.type)) {
        if (target.closest('form[data-submit-keys="ctrl+enter"]')) event.preventDefault();
      }
      return;
    }
    const keyed = 'form[data-submit-keys="ctrl+enter"]';
    const all = document.querySelectorAll<HTMLFormElement>(keyed);
    // Outside of any form, the page's only one is meant; a field that adds lines to a form names it.
    const named = signedFrom(event.target as HTMLElement);
    if (named === false) return event.preventDefault();
    const form = named ?? (event.target as Element).closest<HTMLFormElement>(keyed) ?? (onNothing(event) && all.length === 1 ? all[0] : null);
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.addEventListener("change", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("form[data-send-on-change]");
    if (form) form.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement && event.target.matches("[data-grow]")) grow(event.target);
  });
  document.querySelectorAll<HTMLTextAreaElement>("textarea[data-grow]").forEach(grow);
}
