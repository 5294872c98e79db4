// What a figure is given, and how it is written for people.
export interface Series {
  label: string;
  unit?: string;
  reference?: boolean; // a curve of a standard: quiet, labelled at its end by `tag`, out of the legend
  tag?: string;
  columns?: boolean; // sums: columns from zero, not a line
  points: [string | number, number | null][]; // ISO moment, or months of age
}
export interface Bar {
  label: string;
  start: string;
  end: string | null; // null: it still runs
}
export interface Chart {
  window?: [string, string]; // first and last moments shown, where they are not those of the points
  unit?: string;
  axis?: "age";
  span?: [number, number];
  series: Series[];
  bars?: Bar[];
  range?: [number, number];
}

const DATE = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris" });
export const NUMBER = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });

export const day = (at: number): string => DATE.format(new Date(at * 1000));
export const valueText = (v: number | null | undefined, unit?: string): string =>
  v == null ? "–" : NUMBER.format(v) + (unit ? `\u00a0${unit}` : "");

const AGE_STEPS = [2, 4, 6, 12, 24, 48, 60];
const AGE_WIDTH = 58; // « 23 mois », « 10 ans » and some air

/** Months between two marks of an axis of age that ends at ``last`` and is ``width`` pixels wide. */
export function ageStep(last: number, width: number): number {
  const usual = last <= 12 ? 2 : last <= 24 ? 4 : last <= 120 ? 12 : 24;
  return AGE_STEPS.find((step) => step >= usual && (width * step) / last >= AGE_WIDTH) ?? 60;
}

/** « 9 mois », « 2 ans 3 mois » */
export function age(months: number): string {
  const whole = Math.floor(months + 0.01);
  if (whole === 12) return "1\u00a0an";
  if (whole < 24) return `${whole}\u00a0mois`;
  const rest = whole % 12;
  return `${Math.floor(whole / 12)}\u00a0ans${rest ? ` ${rest}\u00a0mois` : ""}`;
}

export const DAY = 86_400;
/** Between two marks of an axis of days: whole days, so that none is written twice. */
export const DAY_STEPS = [1, 2, 3, 5, 7, 14, 30, 60, 90, 120, 180, 365, 730, 1825, 3650].map((days) => days * DAY);

/** The days shown: a figure of one day or two has room around them. */
export function daysShown(least: number, most: number): [number, number] {
  return most - least < 2 * DAY ? [least - DAY, most + DAY] : [least, most];
}

/** A point's place on the axis: seconds, or months of age. */
export const place = (at: string | number): number => (typeof at === "number" ? at : new Date(at).getTime() / 1000);

export const placeText = (chart: Chart, at: number): string => (chart.axis === "age" ? age(at) : day(at));

/** A canvas knows no light-dark(): the colour is asked of the page. */
export function colour(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
