// The agenda's requests: other days, moves, and what others changed. No name and no number goes into a URL.
import type { AgendaData, Appointment } from "./data";
import { dayText } from "./times";

const { bus, jsonOf, send, toast } = window.serment;
const EVERY = 5000;

interface Changes {
  cursor: string | number;
  events: Appointment[];
  removed: string[];
}
interface Waiting {
  original: Appointment;
  wanted: Appointment;
  settle: (a: Appointment) => void;
  timer: number;
  running: boolean;
}

export class AgendaServer {
  private waiting = new Map<string, Waiting>();
  private window: () => { start: Date; end: Date } = () => ({ start: new Date(), end: new Date() });
  private apply: (changed: Appointment[], removed: string[]) => void = () => undefined;
  private stopped = false;
  private polling = false;

  constructor(
    private urls: DOMStringMap,
    private cursor: string | number = "",
  ) {}

  /** The events of some days, or null (the reason has been said). */
  async feed(start: Date, end: Date): Promise<AgendaData | null> {
    try {
      const query = new URLSearchParams({ start: dayText(start), end: dayText(end) });
      const answer = await send(`${this.urls.feed}?${query}`, { method: "GET" });
      const data = await jsonOf<AgendaData & { error: string }>(answer);
      if (answer.ok && data.events) {
        if (data.cursor !== undefined) this.cursor = data.cursor;
        return data as AgendaData;
      }
      if (answer.status !== 423) toast(data.error ?? "L’agenda de ces jours n’a pas pu être chargé.", "danger");
    } catch {
      toast("Le serveur ne répond pas : l’agenda de ces jours n’a pas pu être chargé.", "danger");
    }
    return null;
  }

  busy(id: string): boolean {
    return this.waiting.has(id);
  }

  /** Sends a move after `delay` ms; moves of the same appointment made meanwhile become one. */
  move(original: Appointment, wanted: Appointment, delay: number, settle: (a: Appointment) => void): void {
    const before = this.waiting.get(original.id);
    if (before) clearTimeout(before.timer);
    const entry: Waiting = {
      original: before?.original ?? original,
      wanted,
      settle,
      timer: 0,
      running: before?.running ?? false,
    };
    this.waiting.set(original.id, entry);
    if (!entry.running) entry.timer = window.setTimeout(() => void this.push(original.id), delay);
  }

  private async push(id: string): Promise<void> {
    const entry = this.waiting.get(id);
    if (!entry) return;
    entry.running = true;
    const { original, wanted } = entry;
    const form = new URLSearchParams({
      id,
      start: wanted.start,
      end: wanted.end,
      practitioner: wanted.resourceId,
      version: String(original.version ?? ""),
    });
    let settled: Appointment = original;
    try {
      const answer = await send(this.urls.moveUrl!, { form });
      const said = await jsonOf<{ version: number; error: string }>(answer);
      if (answer.ok) settled = { ...wanted, version: said.version ?? wanted.version };
      else if (answer.status !== 423) toast(said.error ?? "Le rendez-vous n’a pas été déplacé.", "danger");
    } catch {
      toast("Le serveur ne répond pas : le rendez-vous n’a pas été déplacé.", "danger");
    }
    const latest = this.waiting.get(id)!;
    if (settled !== original && latest.wanted !== wanted) {
      // Moved again while the first move was on its way: send the newer one, from the version just given.
      this.waiting.set(id, { ...latest, original: settled, running: true });
      return this.push(id);
    }
    this.waiting.delete(id);
    entry.settle(settled);
    if (settled === original) void this.poll();
  }

  follow(shown: () => { start: Date; end: Date }, apply: (changed: Appointment[], removed: string[]) => void): void {
    this.window = shown;
    this.apply = apply;
    bus.addEventListener("locked", () => (this.stopped = true));
    bus.addEventListener("unlocked", () => {
      this.stopped = false;
      void this.poll();
    });
    document.addEventListener("visibilitychange", () => void this.poll());
    setInterval(() => void this.poll(), EVERY);
  }

  /** What others changed since the last answer. Nothing is said when the network is away: the next turn tries again. */
  async poll(): Promise<void> {
    if (this.stopped || this.polling || document.hidden || !this.urls.changesUrl) return;
    this.polling = true;
    try {
      const { start, end } = this.window();
      const query = new URLSearchParams({ since: String(this.cursor), start: dayText(start), end: dayText(end) });
      const answer = await send(`${this.urls.changesUrl}?${query}`, { method: "GET", background: true });
      if (answer.status !== 200) return;
      const changes = await jsonOf<Changes>(answer);
      if (changes.cursor !== undefined) this.cursor = changes.cursor;
      this.apply(changes.events ?? [], (changes.removed ?? []).map(String));
    } catch {
      // Offline.
    } finally {
      this.polling = false;
    }
  }
}
