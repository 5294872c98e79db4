// Treatments beneath a figure: one row each, on the figure's own time.
import type uPlot from "uplot";

import { type Bar, DAY, day, place } from "./data";

/** The rows, empty until the figure says where its times are. */
export function barsOf(bars: Bar[]): { element: HTMLElement; plugin: uPlot.Plugin } {
  const element = document.createElement("ul");
  element.className = "chart-bars";
  const drawn = bars.map((bar) => {
    const row = document.createElement("li");
    const name = document.createElement("span");
    name.className = "chart-bar-name";
    name.textContent = bar.label;
    const start = place(bar.start);
    const end = bar.end ? place(bar.end) + DAY : null;
    name.title = `${bar.label}, du ${day(start)}${end === null ? ", en cours" : ` au ${day(end - DAY)}`}`;
    const line = document.createElement("span");
    line.className = "chart-bar";
    if (end === null) line.dataset.running = "";
    row.append(line, name);
    element.append(row);
    return { line, start, end };
  });
  const put = (u: uPlot) => {
    const left = u.over.offsetLeft;
    const width = u.over.offsetWidth;
    element.style.marginLeft = `${left}px`;
    element.style.width = `${width}px`;
    const { min, max } = u.scales.x as { min: number; max: number };
    const at = (t: number) => Math.min(1, Math.max(0, (t - min) / (max - min || 1)));
    for (const { line, start, end } of drawn) {
      const from = at(start);
      const to = end === null ? 1 : at(end);
      line.style.left = `${from * 100}%`;
      line.style.width = `max(3px, ${(to - from) * 100}%)`;
    }
  };
  return { element, plugin: { hooks: { draw: put } } };
}
