// A field whose choices the server lists: <input data-suggests="id of the list">. Enter takes the first one (or waits for
// the list that is on its way), the arrows walk through it and Tab keeps the row they stopped on, Shift+Enter keeps what
// was typed. Nothing found: what was typed is kept too, where the field's form takes words; something found and nothing
// chosen: that is said once before the form is sent. A choice marked data-not-first (not quite what was typed) is taken
// by hand only: Enter leaves it.

const OPTIONS = 'button, input[type="radio"], input[type="checkbox"]:not(:checked), a[href]';
const FIRST = "first-choice";

/** The text that a field's list answers; absent while the list is on its way. */
const answered = new WeakMap<HTMLInputElement, string>();
const asked = new WeakMap<XMLHttpRequest, string>();
const waiting = new WeakSet<HTMLInputElement>();
/** The words that a field's own warning was about, that Shift+Enter asked to keep, or for which a box was ticked. */
const warned = new WeakMap<HTMLInputElement, string>();
/** The row that the arrows stopped on. */
let stood: HTMLElement | null = null;

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

/** The arrows have come to a row: a radio button is chosen by it, as in any group of them. */
function stand(option: HTMLElement): void {
  stood = option;
  option.focus();
  if (option instanceof HTMLInputElement && option.type === "radio") option.click();
}

/** Back in the field, without the row the arrows had come to. */
function leave(field: HTMLInputElement, at: HTMLElement): void {
  if (stood === at && at instanceof HTMLInputElement && at.checked) {
    at.checked = false;
    at.dispatchEvent(new Event("change", { bubbles: true }));
  }
  stood = null;
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
    stand(first);
  } else if (event.key === "Enter" && field.value.trim()) {
    event.preventDefault();
    if (event.shiftKey) {
      warned.set(field, field.value);
      keepWords(field);
    } else if (answered.get(field) === field.value) enter(field, list);
    else waiting.add(field);
  }
}

function inOptions(event: KeyboardEvent, field: HTMLInputElement, list: HTMLElement, at: HTMLElement): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const all = optionsOf(list);
  const place = all.indexOf(at);
  if (step) {
    event.preventDefault();
    const next = all[Math.min(place + step, all.length - 1)];
    if (next) stand(next);
    else leave(field, at);
  } else if (event.key === "Enter" && at instanceof HTMLInputElement) {
    event.preventDefault();
    take(field, at);
  } else if (event.key === "Tab" && at === stood && at instanceof HTMLInputElement && at.type === "checkbox") {
    if (!at.checked) at.click();
    field.value = "";
  } else if (event.key === "Escape") {
    leave(field, at);
  }
}

const noteOf = (field: HTMLInputElement): HTMLElement | null => document.getElementById(`${field.id}-libre`);

function withdraw(field: HTMLInputElement): void {
  noteOf(field)?.remove();
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== `${field.id}-libre`);
  if (others.join("")) field.setAttribute("aria-describedby", others.join(" "));
  else field.removeAttribute("aria-describedby");
}

/** What is said where a list has something and nothing of it is chosen; empty where nothing is lost. */
function unchosen(field: HTMLInputElement): string {
  const list = listOf(field);
  const typed = field.value.trim();
  if (!list || !typed || warned.get(field) === field.value) return "";
  const rows = [...list.querySelectorAll<HTMLInputElement>('input[name="pick"], input[type="checkbox"]')];
  if (!rows.length || rows.every((row) => row.checked)) return "";
  const said = "Rien n’est choisi dans la liste\u00a0: «\u00a0" + typed + "\u00a0»";
  if (rows[0].type === "checkbox") return `${said} ne sera pas gardé. Cochez une ligne, ou validez de nouveau.`;
  if (ticked(list) || rows.some((row) => row.value === `|${typed}`)) return "";
  return `${said} sera gardé sans code. Choisissez une ligne, ou validez de nouveau pour le garder ainsi.`;
}

/** Said once, beneath the field: the same words sent again are kept. */
function warn(field: HTMLInputElement, text: string): void {
  withdraw(field);
  warned.set(field, field.value);
  const note = document.createElement("div");
  note.id = `${field.id}-libre`;
  note.className = "field-caution";
  note.setAttribute("role", "alert");
  note.textContent = text;
  field.after(note);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${note.id}`.trim());
  note.scrollIntoView({ block: "center" });
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const way = event.submitter as HTMLButtonElement | null;
  if (way?.name) return; // another gesture than keeping what is typed
  for (const field of form.querySelectorAll<HTMLInputElement>("input[data-suggests]")) {
    const text = unchosen(field);
    if (!text) continue;
    event.preventDefault();
    event.stopImmediatePropagation();
    return warn(field, text);
  }
}

interface Details {
  xhr: XMLHttpRequest;
  target: Element;
}

export function startSuggestions(): void {
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLElement;
    const field = box.matches('input[type="checkbox"]') ? fieldOf(box.closest("[id]:has(> label)")) : null;
    if (field) warned.set(field, field.value);
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.dataset.suggests) return;
    answered.delete(field);
    waiting.delete(field);
    warned.delete(field);
    withdraw(field);
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
