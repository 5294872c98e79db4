// Times of the agenda are Paris wall-clock times, whatever the zone of the machine that shows them. They travel as
// "2026-11-23T14:30" and live in Date objects whose local fields read the same.

const PARIS = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/Paris",
  dateStyle: "short",
  timeStyle: "short",
});

/** A text from the server, with or without an offset, as Paris reads it: "2026-11-23T14:30". */
export const wall = (text: string): string =>
  /(Z|[+-]\d\d:?\d\d)$/.test(text) ? PARIS.format(new Date(text)).replace(" ", "T") : text.slice(0, 16);

const two = (n: number): string => String(n).padStart(2, "0");
export const dayText = (d: Date): string => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
export const minuteText = (d: Date): string => `${dayText(d)}T${two(d.getHours())}:${two(d.getMinutes())}`;
export const clockText = (d: Date): string => `${d.getHours()}\u00a0h\u00a0${two(d.getMinutes())}`;

export const addMinutes = (d: Date, n: number): Date =>
  new Date(d.getFullYear(), d.getMonth(), d.getDate(), d.getHours(), d.getMinutes() + n);
export const addDays = (d: Date, n: number): Date =>
  new Date(d.getFullYear(), d.getMonth(), d.getDate() + n, d.getHours(), d.getMinutes());
export const dateOf = (text: string): Date => {
  const [day = "", time = "00:00"] = wall(text).split("T");
  const [y = 0, m = 1, d = 1] = day.split("-").map(Number);
  const [h = 0, min = 0] = time.split(":").map(Number);
  return new Date(y, m - 1, d, h, min);
};

const LONG = new Intl.DateTimeFormat("fr-FR", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const SHORT = new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "long" });
const first = (text: string): string => text.replace(/\b1 (?=[a-zéû]{3})/, "1er ");

/** lundi 23 novembre 2026 — du 23 au 29 novembre 2026 (`end` excluded) */
export function periodText(start: Date, end: Date): string {
  const last = addDays(end, -1);
  if (dayText(last) === dayText(start)) return first(LONG.format(start));
  const same = start.getMonth() === last.getMonth();
  const from = same ? String(start.getDate()).replace(/^1$/, "1er") : first(SHORT.format(start));
  return `du ${from} au ${first(SHORT.format(last))} ${last.getFullYear()}`;
}
export const dayHeading = (d: Date): string =>
  first(new Intl.DateTimeFormat("fr-FR", { weekday: "short", day: "numeric", month: "short" }).format(d));
