// The lock: after the practice's idle time, by the button, by Ctrl-L, or when the server says so (423). The page
// stays in memory behind a full screen, out of sight and of the accessibility tree, and comes back as it was.
import { flushDrafts } from "./drafts";
import { announce, bus, jsonOf, renewCsrf, send } from "./net";
import { exchange, supported, type Outcome } from "./webauthn";

const WARNING = 30_000;
const ALIVE = 60_000;

let locked = false;
let active = Date.now();
let touched = Date.now();
let before: { title: string; focus: Element | null } = { title: "", focus: null };
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("serment-lock") : null;

/** Hides or shows everything but the lock screen. */
function conceal(hide: boolean): void {
  for (const element of document.body.children) {
    if (!(element instanceof HTMLElement) || element.id === "lock" || element.tagName === "SCRIPT") continue;
    if (hide && !element.hidden) {
      element.hidden = true;
      element.dataset.lockHid = "";
    } else if (!hide && "lockHid" in element.dataset) {
      element.hidden = false;
      delete element.dataset.lockHid;
    }
  }
}

function show(screen: HTMLElement): void {
  if (locked) return;
  locked = true;
  before = { title: document.title, focus: document.activeElement };
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) dialog.close("no");
  warn(false);
  conceal(true);
  document.title = "Session verrouillée – Serment";
  screen.hidden = false;
  const field = screen.querySelector<HTMLInputElement>("input[type=password]");
  if (field) {
    field.value = "";
    field.focus();
  }
  announce("locked");
}

function reopen(screen: HTMLElement, outcome: Partial<Outcome>, tell = true): void {
  if (outcome.csrf) renewCsrf(outcome.csrf);
  for (const field of screen.querySelectorAll<HTMLInputElement>("input[type=password]")) field.value = "";
  screen.querySelector("#lock-error")!.textContent = "";
  screen.hidden = true;
  conceal(false);
  document.title = before.title;
  if (before.focus instanceof HTMLElement && before.focus.isConnected) before.focus.focus();
  locked = false;
  active = touched = Date.now();
  announce("unlocked");
  if (tell) tabs?.postMessage({ kind: "unlocked", csrf: outcome.csrf });
}

/** Saves what is typed, tells the server to drop the keys, and covers the page (even if the server is away). */
async function lock(screen: HTMLElement): Promise<void> {
  if (locked) return;
  const saved = flushDrafts();
  show(screen);
  tabs?.postMessage({ kind: "locked" });
  await saved;
  const tell = async () => {
    try {
      await send(document.body.dataset.lockUrl!, { form: new URLSearchParams(), background: true });
    } catch {
      window.addEventListener("online", () => locked && void tell(), { once: true });
    }
  };
  await tell();
}

async function unlock(screen: HTMLElement, form: HTMLFormElement): Promise<void> {
  const place = screen.querySelector("#lock-error")!;
  const field = form.querySelector<HTMLInputElement>("input[type=password]")!;
  place.textContent = "";
  try {
    const answer = await send(screen.dataset.unlockUrl!, { form: new URLSearchParams({ password: field.value }) });
    const outcome = await jsonOf<Outcome>(answer);
    if (answer.ok && outcome.ok !== false) return reopen(screen, outcome);
    if (answer.status === 401 || answer.type === "opaqueredirect") return announce("over");
    place.textContent = outcome.error ?? "Mot de passe refusé.";
  } catch {
    place.textContent = "Le serveur ne répond pas. Votre page est gardée ; réessayez dans un instant.";
  }
  field.select();
  field.focus();
}

function warn(visible: boolean): void {
  let box = document.getElementById("lock-warning");
  if (!visible) return box?.remove();
  if (box) return;
  box = document.createElement("div");
  box.id = "lock-warning";
  box.className = "lock-warning";
  box.setAttribute("role", "alert");
  box.textContent = "Verrouillage dans moins de 30 secondes. Touchez une touche pour continuer.";
  document.body.append(box);
}

function watch(screen: HTMLElement, idle: number): void {
  const wake = () => {
    if (locked) return;
    if (Date.now() - active > 2000) tabs?.postMessage({ kind: "active" });
    active = Date.now();
    warn(false);
  };
  for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(name, wake, { passive: true, capture: true });
  }
  setInterval(() => {
    if (locked) return;
    const left = idle - (Date.now() - active);
    if (left <= 0) void lock(screen);
    else warn(left <= Math.min(WARNING, idle / 2));
    // Typing is activity too: the server hears of it, or it would lock on its own side.
    const url = document.body.dataset.aliveUrl;
    if (!locked && url && active > touched && Date.now() - touched > Math.min(ALIVE, idle / 3)) {
      touched = Date.now();
      send(url, { form: new URLSearchParams() }).catch(() => undefined);
    }
  }, 1000);
}

/** The page shown when a locked session asks for a page: once open, the page asked for is loaded. */
function startLockedPage(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-locked-page]");
  const button = form?.querySelector<HTMLButtonElement>("[data-passkey-unlock]");
  if (!form || !button) return;
  if (!supported()) return button.remove();
  button.addEventListener("click", async () => {
    const outcome = await exchange("assert", button.dataset.beginUrl!, button.dataset.completeUrl!);
    if (outcome.ok) location.reload();
    else document.getElementById("lock-error")!.textContent = outcome.error ?? "";
  });
}

export function startLock(): void {
  startLockedPage();
  const screen = document.getElementById("lock");
  const idle = Number(document.body.dataset.idleSeconds ?? 0) * 1000;
  if (!screen || !idle) return;

  bus.addEventListener("locked", () => show(screen));
  bus.addEventListener("touched", () => (touched = Date.now()));
  // The same person has signed in again in another tab, with the second factor: more than the password asked here.
  bus.addEventListener("signed", () => locked && reopen(screen, {}, false));
  tabs?.addEventListener("message", (event: MessageEvent<{ kind: string; csrf?: string }>) => {
    if (event.data.kind === "active") active = Date.now();
    else if (event.data.kind === "locked") void flushDrafts().then(() => show(screen));
    else if (event.data.kind === "unlocked" && locked) reopen(screen, { csrf: event.data.csrf }, false);
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "l") {
      event.preventDefault();
      void lock(screen);
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.matches("[data-lock-form]")) {
      event.preventDefault();
      void lock(screen);
    } else if (form.matches("[data-unlock-form]")) {
      event.preventDefault();
      void unlock(screen, form);
    }
  });
  const passkey = screen.querySelector<HTMLButtonElement>("[data-passkey-unlock]");
  if (passkey && !supported()) passkey.remove();
  passkey?.addEventListener("click", async () => {
    const outcome = await exchange("assert", passkey.dataset.beginUrl!, passkey.dataset.completeUrl!);
    if (outcome.ok) reopen(screen, outcome);
    else screen.querySelector("#lock-error")!.textContent = outcome.error ?? "";
  });
  watch(screen, idle);
}
