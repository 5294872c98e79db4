// The agenda's data: what the server sends, and the same as the calendar wants it.
import type { Calendar } from "@event-calendar/core";

import { addDays, dateOf, dayText, wall } from "./times";

/** An appointment. `start` and `end`: ISO texts. `version` goes back with a move, so that a stale one is refused. */
export interface Appointment {
  id: string;
  resourceId: string;
  start: string;
  end: string;
  title: string;
  state: string;
  stateLabel: string;
  color?: string;
  typeLabel?: string;
  url: string;
  editable: boolean;
  version?: number | string;
}
export interface Absence {
  resourceId?: string;
  start: string;
  end: string;
  title?: string;
}
/** Working hours: practitioner → intervals; `weekday` 1 is Monday, times are "08:30". */
export type Hours = Record<string, { weekday: number; start: string; end: string }[]>;

export interface AgendaData {
  start: string;
  end: string;
  view?: string;
  resources: { id: string; title: string }[];
  events: Appointment[];
  hours?: Hours;
  slotMinTime?: string;
  slotMaxTime?: string;
  background?: Absence[];
  cursor?: string | number;
}

export function eventInput(a: Appointment): Calendar.EventInput {
  return {
    id: a.id,
    resourceIds: [a.resourceId],
    start: wall(a.start),
    end: wall(a.end),
    allDay: false,
    title: a.title,
    editable: a.editable,
    classNames: ["ev", `ev-${a.state}`],
    styles: a.color && /^#[0-9a-fA-F]{3,8}$/.test(a.color) ? [`--tone:${a.color}`] : [],
    extendedProps: { appointment: a },
  };
}

/** Absences, and the hours outside of work, as background of the days from `start` to `end` (excluded). */
export function backgrounds(data: AgendaData, start: Date, end: Date): Calendar.EventInput[] {
  const everyone = data.resources.map((r) => r.id);
  const shades: Calendar.EventInput[] = (data.background ?? []).map((absence, i) => ({
    id: `absence-${i}`,
    resourceIds: absence.resourceId ? [absence.resourceId] : everyone,
    start: wall(absence.start),
    end: wall(absence.end),
    allDay: false,
    display: "background",
    title: absence.title ?? "Absence",
    classNames: ["ev-absence"],
  }));
  for (const [resource, intervals] of Object.entries(data.hours ?? {})) {
    for (let day = start; day < end; day = addDays(day, 1)) {
      const weekday = day.getDay() || 7;
      const open = intervals.filter((i) => i.weekday === weekday).sort((a, b) => a.start.localeCompare(b.start));
      let from = "00:00";
      for (const { start: opens, end: closes } of [...open, { start: "23:59", end: "23:59" }]) {
        if (opens > from) shades.push(closed(resource, day, from, opens));
        if (closes > from) from = closes;
      }
    }
  }
  return shades;
}

function closed(resource: string, day: Date, from: string, to: string): Calendar.EventInput {
  const text = dayText(day);
  return {
    id: `closed-${resource}-${text}-${from}`,
    resourceIds: [resource],
    start: `${text}T${from.slice(0, 5)}`,
    end: `${text}T${to.slice(0, 5)}`,
    allDay: false,
    display: "background",
    classNames: ["ev-closed"],
  };
}

/** Does an appointment touch the days shown? */
export const within = (a: Appointment, start: Date, end: Date): boolean =>
  dateOf(a.start) < end && dateOf(a.end) > start;
