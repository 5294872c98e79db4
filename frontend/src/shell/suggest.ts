// A field whose choices the server lists: <input data-suggests="id of the list">. Enter takes the first one (or waits for
// the list that is on its way), the arrows walk through it, Shift+Enter keeps what was typed. Nothing found: what was
// typed is kept too, where the field's form takes words. A choice marked data-not-first (not quite what was typed) is
// taken by hand only: Enter leaves it.

const OPTIONS = 'button, input[type="radio"], input[type="checkbox"]:not(:checked), a[href]';
const FIRST = "first-choice";

/** The text that a field's list answers; absent while the list is on its way. */
const answered = new WeakMap<HTMLInputElement, string>();
const asked = new WeakMap<XMLHttpRequest, string>();
const waiting = new WeakSet<HTMLInputElement>();

const listOf = (field: HTMLInputElement): HTMLElement | null => document.getElementById(field.dataset.suggests!);
const optionsOf = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(OPTIONS)];
const fieldOf = (list: Element | null): HTMLInputElement | null =>
  list?.id ? document.querySelector(`input[data-suggests="${CSS.escape(list.id)}"]`) : null;
const firstOf = (list: HTMLElement): HTMLElement | undefined =>
  optionsOf(list).find((option) => !("notFirst" in option.dataset));
const ticked = (list: HTMLElement): boolean => list.querySelector('input[type="radio"]:checked') !== null;

function mark(list: HTMLElement): void {
  list.querySelector(`.${FIRST}`)?.classList.remove(FIRST);
  const first = firstOf(list);
  (first?.closest("label, li") ?? first)?.classList.add(FIRST);
}

function take(field: HTMLInputElement, option: HTMLElement): void {
  option.click();
  if (!(option instanceof HTMLInputElement)) return;
  if (option.type === "checkbox") field.value = "";
  field.focus();
}

/** What was typed, as it was typed: only a form that Enter may send takes it. */
function keepWords(field: HTMLInputElement): void {
  if (field.form && !field.form.dataset.submitKeys) field.form.requestSubmit();
}

function enter(field: HTMLInputElement, list: HTMLElement): void {
  const first = firstOf(list);
  if (first && !ticked(list)) take(field, first);
  else keepWords(field);
}

function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const inList = target.closest<HTMLElement>("[id]:has(button, input, a)");
  const field = target instanceof HTMLInputElement && target.dataset.suggests ? target : null;
  if (field) return inField(event, field);
  for (let list: Element | null | undefined = inList; list; list = list.parentElement?.closest("[id]")) {
    const owner = fieldOf(list);
    if (owner) return inOptions(event, owner, list as HTMLElement, target);
  }
}

function inField(event: KeyboardEvent, field: HTMLInputElement): void {
  const list = listOf(field);
  if (!list) return;
  if (event.key === "ArrowDown") {
    const first = optionsOf(list)[0];
    if (!first) return;
    event.preventDefault();
    first.focus();
  } else if (event.key === "Enter" && field.value.trim()) {
    event.preventDefault();
    if (event.shiftKey) keepWords(field);
    else if (answered.get(field) === field.value) enter(field, list);
    else waiting.add(field);
  }
}

function inOptions(event: KeyboardEvent, field: HTMLInputElement, list: HTMLElement, at: HTMLElement): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const all = optionsOf(list);
  const place = all.indexOf(at);
  if (step) {
    event.preventDefault();
    (all[Math.min(place + step, all.length - 1)] ?? field).focus();
  } else if (event.key === "Enter" && at instanceof HTMLInputElement) {
    event.preventDefault();
    take(field, at);
  } else if (event.key === "Escape") {
    field.focus();
  }
}

interface Details {
  xhr: XMLHttpRequest;
  target: Element;
}

export function startSuggestions(): void {
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.dataset.suggests) return;
    answered.delete(field);
    waiting.delete(field);
  });
  document.addEventListener("htmx:beforeSend", (event) => {
    const { xhr, target } = (event as CustomEvent<Details>).detail;
    const field = fieldOf(target);
    if (field) asked.set(xhr, field.value);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const { xhr, target } = (event as CustomEvent<Details>).detail;
    const field = fieldOf(target);
    const list = field && listOf(field);
    if (!field || !list || asked.get(xhr) !== field.value) return;
    answered.set(field, field.value);
    mark(list);
    if (waiting.delete(field)) enter(field, list);
  });
}
