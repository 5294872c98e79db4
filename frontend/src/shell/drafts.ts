// Drafts: a form with data-draft-url is saved as typed. What is typed stays in the page's memory only, never in
// the browser's storage; the server seals it (it can even while the session is locked).
import { bus, clock, send } from "./net";

type State = "saving" | "saved" | "offline" | "locked" | "refused";
const TEXTS: Record<Exclude<State, "saved">, string> = {
  saving: "enregistrement…",
  offline: "hors ligne – gardé sur cet écran, nouvel essai…",
  locked: "session verrouillée – brouillon gardé",
  refused: "brouillon non enregistré – gardé sur cet écran",
};
const PAUSE = 800;

class Draft {
  private timer = 0;
  private sent = "";
  private failures = 0;
  private running: Promise<void> | null = null;
  submitted = false;

  constructor(readonly form: HTMLFormElement) {
    this.sent = this.body().toString();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => {
      this.submitted = true;
      clearTimeout(this.timer);
    });
  }

  /** The form as urlencoded text; files, passwords and the CSRF field are left out. */
  private body(): URLSearchParams {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") body.append(name, value);
    }
    return body;
  }

  get pending(): boolean {
    return !this.submitted && this.form.isConnected && this.body().toString() !== this.sent;
  }

  changed(): void {
    this.submitted = false;
    this.later(PAUSE);
  }

  later(delay: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), delay);
  }

  async save(keepalive = false): Promise<void> {
    clearTimeout(this.timer);
    if (this.running && !keepalive) await this.running;
    if (!this.pending) return;
    this.running = this.push(keepalive);
    await this.running;
    this.running = null;
  }

  private async push(keepalive: boolean): Promise<void> {
    const body = this.body();
    this.show("saving");
    try {
      const answer = await send(this.form.dataset.draftUrl!, { form: body, background: true, keepalive });
      if (answer.ok) {
        this.sent = body.toString();
        this.failures = 0;
        this.show("saved");
        if (this.pending) this.later(PAUSE);
      } else if (answer.status === 423 || answer.status === 401 || answer.type === "opaqueredirect") {
        this.show("locked");
      } else {
        this.show("refused");
        if (answer.status >= 500 || answer.status === 429) this.retry();
      }
    } catch {
      this.show("offline");
      this.retry();
    }
  }

  private retry(): void {
    this.failures += 1;
    this.later(Math.min(60_000, 2000 * 2 ** (this.failures - 1)));
  }

  private show(state: State): void {
    const place = this.place();
    place.dataset.state = state;
    place.textContent = state === "saved" ? `enregistré à ${clock()}` : TEXTS[state];
  }

  /** Where the state shows: inside the form, elsewhere by data-draft-state-for, or made at the form's end. */
  private place(): HTMLElement {
    const found =
      this.form.querySelector<HTMLElement>("[data-draft-state]") ??
      document.querySelector<HTMLElement>(`[data-draft-state-for="${this.form.id || "?"}"]`);
    if (found) return found;
    const made = document.createElement("span");
    made.className = "draft-state";
    made.dataset.draftState = "";
    made.setAttribute("role", "status");
    this.form.append(made);
    return made;
  }
}

const drafts = new Map<HTMLFormElement, Draft>();

function watch(): void {
  for (const [form] of drafts) if (!form.isConnected) drafts.delete(form);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft-url]")) {
    if (!drafts.has(form)) drafts.set(form, new Draft(form));
  }
}

/** Saves everything that waits; gives up after three seconds (the text stays on the page). */
export async function flushDrafts(): Promise<void> {
  const all = Promise.all([...drafts.values()].map((draft) => draft.save()));
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, 3000))]);
}

/** <a data-after-draft>: a link of the page to itself, followed once what was typed is saved. */
async function followSaved(event: MouseEvent): Promise<void> {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-after-draft]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  await flushDrafts();
  location.assign(link.href);
}

export function startDrafts(): void {
  watch();
  document.addEventListener("click", (event) => void followSaved(event));
  document.addEventListener("htmx:afterSettle", watch);
  window.addEventListener("online", () => drafts.forEach((draft) => draft.later(0)));
  bus.addEventListener("unlocked", () => drafts.forEach((draft) => draft.later(0)));
  window.addEventListener("pagehide", () => drafts.forEach((draft) => void draft.save(true)));
  document.addEventListener("htmx:responseError", () => drafts.forEach((draft) => (draft.submitted = false)));
}
