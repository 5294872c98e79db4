// The agenda page: practitioners side by side, moves by mouse and keyboard, others' changes every few seconds.
import { createCalendar, Interaction, ResourceTimeGrid, TimeGrid, type Calendar } from "@event-calendar/core";

import { AgendaServer } from "./agenda/server";
import { backgrounds, eventInput, within, type AgendaData, type Appointment } from "./agenda/data";
import { focusEvent, startKeys } from "./agenda/keys";
import { closePanel, openPanel } from "./agenda/panel";
import { addDays, addMinutes, clockText, dateOf, dayHeading, dayText, minuteText, periodText, wall } from "./agenda/times";
import { buildToolbar, type Mode } from "./agenda/toolbar";

const SLOT = 15;
const PHONE = 768;

class Agenda {
  private appointments = new Map<string, Appointment>();
  private calendar: Calendar;
  private mode: Mode;
  private only = "";
  private shown = { start: new Date(0), end: new Date(0) };
  private loaded: { start: Date; end: Date } | null;
  private server: AgendaServer;
  private bar;

  constructor(
    private root: HTMLElement,
    private data: AgendaData,
  ) {
    this.server = new AgendaServer(root.dataset, data.cursor);
    this.mode = window.innerWidth < PHONE || data.view?.toLowerCase().includes("day") || data.view === "jour" ? "day" : "week";
    this.loaded = { start: dateOf(data.start), end: dateOf(data.end) };
    for (const a of data.events) this.appointments.set(a.id, a);
    this.bar = buildToolbar(data.resources, {
      previous: () => this.calendar.prev(),
      next: () => this.calendar.next(),
      today: () => this.calendar.setOption("date", new Date()),
      mode: (mode) => this.show(mode),
      resource: (id) => this.choose(id),
    });
    const box = document.createElement("div");
    root.replaceChildren(this.bar.element, box);
    plain(box);
    this.calendar = createCalendar(box, [TimeGrid, ResourceTimeGrid, Interaction], this.options());
    this.bar.mode(this.mode);
    startKeys(root, {
      open: (id) => this.open(id),
      create: () => void openPanel(this.newUrl({})),
      shift: (id, slots, days, resize) => this.shift(id, slots, days, resize),
    });
    this.server.follow(
      () => this.shown,
      (changed, removed) => this.patch(changed, removed),
    );
    for (const name of ["agenda:changed", "agenda-changed", "agendaChanged"]) {
      document.body.addEventListener(name, () => void this.afterGesture());
    }
  }

  private get viewName(): string {
    const several = this.data.resources.length > 1 && !this.only;
    return `${several ? "resourceTimeGrid" : "timeGrid"}${this.mode === "day" ? "Day" : "Week"}`;
  }

  private options(): Calendar.Options {
    const small = window.innerWidth < PHONE;
    return {
      view: this.viewName,
      date: dateOf(this.root.dataset.day ?? this.data.start),
      locale: "fr",
      firstDay: 1,
      height: `max(22rem, calc(100vh - ${small ? 19 : 13.5}rem))`,
      headerToolbar: { start: "", center: "", end: "" },
      resources: this.data.resources,
      filterEventsWithResources: true,
      datesAboveResources: true,
      columnWidth: this.width(small),
      allDaySlot: false,
      slotDuration: `00:${SLOT}`,
      slotLabelInterval: "01:00",
      slotHeight: 25,
      slotMinTime: this.data.slotMinTime ?? "08:00",
      slotMaxTime: this.data.slotMaxTime ?? "20:00",
      slotLabelFormat: (time) => `${time.getHours()}\u00a0h`,
      scrollTime: this.firstHour(),
      dayHeaderFormat: dayHeading,
      hiddenDays: this.hiddenDays(),
      nowIndicator: true,
      slotEventOverlap: false,
      eventTimeFormat: (start) => clockText(start),
      eventContent: (info) => this.content(info),
      eventClick: ({ event }) => this.open(String(event.id)),
      editable: true,
      selectable: true,
      longPressDelay: 400,
      snapDuration: `00:${SLOT}`,
      select: (info) => this.select(info),
      dateClick: (info) => this.select({ start: info.date, end: addMinutes(info.date, SLOT), resource: info.resource }, true),
      eventDrop: (info) => this.dropped(info),
      eventResize: (info) => this.dropped(info),
      datesSet: ({ start, end }) => void this.moved(start, end),
      events: [],
    };
  }

  /** The hour to begin at: an hour before now when today is shown, the opening otherwise. */
  private firstHour(): string {
    const now = new Date();
    const opening = this.data.slotMinTime ?? "08:00";
    if (this.root.dataset.day !== dayText(now)) return opening;
    const hour = `${String(Math.max(0, now.getHours() - 1)).padStart(2, "0")}:00`;
    return hour > opening ? hour : opening;
  }

  private width(small: boolean): string {
    if (this.data.resources.length < 2 || this.only) return small && this.mode === "week" ? "96px" : "minmax(64px, 1fr)";
    return this.mode === "day" ? "minmax(130px, 1fr)" : "minmax(92px, 1fr)";
  }

  /** Sunday goes when nobody works or is booked on it; Saturday never does. */
  private hiddenDays(): Calendar.dayOfWeek[] {
    const works = Object.values(this.data.hours ?? {}).some((all) => all.some((i) => i.weekday === 7));
    const booked = [...this.appointments.values()].some((a) => dateOf(a.start).getDay() === 0);
    const asked = this.mode === "day";
    return works || booked || asked || !this.data.hours ? [] : [0];
  }

  private content({ event }: Calendar.EventContentInfo): Calendar.Content | undefined {
    const a = event.extendedProps.appointment as Appointment | undefined;
    if (!a) {
      if (event.display !== "background" || !event.title) return event.display === "background" ? "" : undefined;
      const label = document.createElement("span");
      label.className = "ev-absence-label";
      label.textContent = String(event.title);
      return { domNodes: [label] };
    }
    const box = document.createElement("div");
    box.className = "ev-box";
    box.dataset.event = a.id;
    const part = (css: string, text: string) => {
      const span = document.createElement("span");
      span.className = css;
      span.textContent = text;
      box.append(span, " ");
    };
    const minutes = (event.end.getTime() - event.start.getTime()) / 60_000;
    if (minutes <= SLOT) box.classList.add("ev-short");
    if (minutes < 2 * SLOT) box.classList.add("ev-tight");
    // The shape of the state comes first: it shows even where the word has no room.
    part(`ev-mark state state-${a.state}`, "");
    part("ev-time", clockText(event.start));
    part("visually-hidden", `à ${clockText(event.end)}, ${dayHeading(event.start)}, ${this.owner(a.resourceId)},`);
    part("ev-title", a.title);
    if (a.typeLabel) part("ev-type", a.typeLabel);
    part(`ev-state state-${a.state}`, a.stateLabel);
    return { domNodes: [box] };
  }

  private owner(id: string): string {
    return this.data.resources.find((r) => r.id === id)?.title ?? "";
  }

  private show(mode: Mode): void {
    this.mode = mode;
    this.bar.mode(mode);
    this.calendar.setOption("hiddenDays", this.hiddenDays());
    this.calendar.setOption("columnWidth", this.width(window.innerWidth < PHONE));
    this.calendar.setOption("view", this.viewName);
  }

  private choose(id: string): void {
    this.only = id;
    this.calendar.setOption("resources", this.data.resources.filter((r) => !id || r.id === id));
    this.show(this.mode);
  }

  /** The days shown changed: title, then events unless they came with the page. */
  private async moved(start: Date, end: Date): Promise<void> {
    this.shown = { start, end };
    this.bar.title(periodText(start, end));
    if (this.loaded && this.loaded.start <= start && this.loaded.end >= end) return this.draw();
    const fresh = await this.server.feed(start, end);
    if (!fresh || this.shown.start.getTime() !== start.getTime()) return;
    this.loaded = { start, end };
    this.data = { ...this.data, background: fresh.background ?? [], hours: fresh.hours ?? this.data.hours };
    this.appointments = new Map(fresh.events.map((a) => [a.id, a]));
    this.draw();
  }

  private draw(): void {
    const { start, end } = this.shown;
    this.calendar?.setOption("events", [
      ...backgrounds(this.data, start, end),
      ...[...this.appointments.values()].map(eventInput),
    ]);
    // createCalendar announces its first dates before it returns.
    if (!this.calendar) queueMicrotask(() => this.draw());
  }

  private patch(changed: Appointment[], removed: string[]): void {
    const held = document.activeElement?.querySelector<HTMLElement>("[data-event]")?.dataset.event;
    for (const id of removed) {
      this.appointments.delete(id);
      this.calendar.removeEventById(id);
    }
    for (const a of changed) {
      if (this.server.busy(a.id)) continue;
      const known = this.appointments.has(a.id);
      this.appointments.set(a.id, a);
      if (known) this.calendar.updateEvent(eventInput(a));
      else if (within(a, this.shown.start, this.shown.end)) this.calendar.addEvent(eventInput(a));
    }
    if (held && changed.some((a) => a.id === held)) requestAnimationFrame(() => focusEvent(this.root, held));
  }

  private open(id: string): void {
    const a = this.appointments.get(id);
    if (a?.url) void openPanel(a.url);
  }

  private newUrl(query: Record<string, string>): string {
    const url = new URL(this.root.dataset.newUrl!, location.href);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.pathname + url.search;
  }

  private select(info: { start: Date; end: Date; resource?: Calendar.Resource }, click = false): void {
    const practitioner = info.resource?.id ?? (this.only || this.data.resources[0]?.id || "");
    const query: Record<string, string> = { start: minuteText(info.start), practitioner };
    // A click chooses no length: the type of appointment does.
    if (!click) query.end = minuteText(info.end);
    void openPanel(this.newUrl(query)).then(() => this.calendar.unselect());
  }

  private dropped(info: Calendar.EventDropInfo | Calendar.EventResizeInfo): void {
    const a = this.appointments.get(String(info.event.id));
    if (!a) return info.revert();
    const practitioner = String(info.event.resourceIds[0] ?? a.resourceId);
    this.move(a, minuteText(info.event.start), minuteText(info.event.end), practitioner, 0);
  }

  private shift(id: string, slots: number, days: number, resize: boolean): void {
    const a = this.appointments.get(id);
    if (!a) return;
    if (!a.editable) return window.serment.toast("Ce rendez-vous ne peut plus être déplacé.", "info");
    const from = dateOf(a.start);
    const start = resize ? from : addDays(addMinutes(from, slots * SLOT), days);
    const end = addDays(addMinutes(dateOf(a.end), slots * SLOT), days);
    if (end <= start) return;
    this.move(a, minuteText(start), minuteText(end), a.resourceId, 500);
    if (start < this.shown.start || start >= this.shown.end) this.calendar.setOption("date", start);
    requestAnimationFrame(() => focusEvent(this.root, id));
  }

  /** Shows the move at once; if the server refuses it, puts the appointment back and says why. */
  private move(a: Appointment, start: string, end: string, practitioner: string, delay: number): void {
    const moved = { ...a, start, end, resourceId: practitioner };
    this.place(moved);
    this.server.move(a, moved, delay, (settled) => this.place(settled));
  }

  private place(a: Appointment): void {
    const held = document.activeElement?.querySelector<HTMLElement>("[data-event]")?.dataset.event === a.id;
    this.appointments.set(a.id, a);
    this.calendar.updateEvent(eventInput({ ...a, start: wall(a.start), end: wall(a.end) }));
    if (held) requestAnimationFrame(() => focusEvent(this.root, a.id));
  }

  /** A form of the panel was accepted: close it and take the changes now. */
  private async afterGesture(): Promise<void> {
    closePanel();
    await this.server.poll();
  }
}

/** The calendar calls itself a table, yet lays its events out of the cells: without these roles it reads as it is. */
function plain(box: HTMLElement): void {
  const roles = "[role=table], [role=rowgroup], [role=row], [role=cell], [role=columnheader]";
  const strip = () => {
    for (const element of box.querySelectorAll(roles)) {
      for (const name of ["role", "aria-colspan", "aria-colindex", "aria-rowindex"]) element.removeAttribute(name);
    }
  };
  new MutationObserver(strip).observe(box, { subtree: true, childList: true, attributes: true, attributeFilter: ["role"] });
}

const root = document.getElementById("agenda");
const island = document.getElementById("agenda-data");
if (root && island) new Agenda(root, JSON.parse(island.textContent ?? "{}") as AgendaData);
