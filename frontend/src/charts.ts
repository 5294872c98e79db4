// Trends of measures. <figure data-chart> holds (or names by data-source="#id") a JSON script, or has it in data-json:
//   {"unit": "kg", "series": [{"label": "Poids", "unit": "kg", "points": [["2026-01-14", 71.5], …]}],
//    "range": [60, 80],                              (usual values, drawn as a band; optional)
//    "bars": [{"label": …, "start": …, "end": …}]}   (what ran meanwhile, drawn beneath; optional)
// With "axis": "age" the points are [months, value] and "span" says the months shown; a series marked "reference" is a
// curve of a standard. The same values are given as a table, for screen readers and for whoever prefers reading.
import uPlot from "uplot";

import { barsOf } from "./charts/bars";
import { age, ageStep, type Chart, colour, DAY_STEPS, day, daysShown, NUMBER, place, placeText, type Series, valueText } from "./charts/data";
import { band, tags } from "./charts/reference";

const PALETTE = ["--tblr-primary", "--tblr-danger", "--tblr-warning", "--tblr-info"];
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];
const HEIGHT = 190;
const GROWTH_HEIGHT = 330;

/** One column of places for all series; a series without a value at a place has null there. */
function aligned(series: Series[]): uPlot.AlignedData {
  const places = [...new Set(series.flatMap((s) => s.points.map(([at]) => place(at))))].sort((a, b) => a - b);
  const columns = series.map((s) => {
    const at = new Map(s.points.map(([when, value]) => [place(when), value]));
    return places.map((p) => at.get(p) ?? null);
  });
  return [places, ...columns] as uPlot.AlignedData;
}

function table(chart: Chart): HTMLElement {
  const shown = chart.series.filter((s) => !s.reference);
  const details = document.createElement("details");
  details.className = "chart-table";
  const summary = document.createElement("summary");
  summary.textContent = "Voir les valeurs";
  const grid = document.createElement("table");
  grid.className = "table table-sm";
  const head = grid.createTHead().insertRow();
  for (const text of [chart.axis === "age" ? "Âge" : "Date", ...shown.map((s) => s.label)]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = text;
    head.append(cell);
  }
  const body = grid.createTBody();
  const [places, ...columns] = aligned(shown);
  for (let i = places!.length - 1; i >= 0; i--) {
    const row = body.insertRow();
    row.insertCell().textContent = placeText(chart, places![i]!);
    shown.forEach((s, n) => (row.insertCell().textContent = valueText(columns[n]![i], s.unit ?? chart.unit)));
  }
  details.append(summary, grid);
  return details;
}

/** The scale of a series: one for each unit, the second on the right. */
const scalesOf = (chart: Chart): string[] => [...new Set(chart.series.map((s) => s.unit ?? chart.unit ?? ""))];

const TICK_FONT = "12px 'Inter Variable', sans-serif";
let pen: CanvasRenderingContext2D | null = null;

/** Room for the widest tick of a side, so that « 4 500 000 » is read whole. */
function sideSize(ticks: string[] | null): number {
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen || !ticks?.length) return 54;
  pen.font = TICK_FONT;
  return Math.max(54, Math.ceil(Math.max(...ticks.map((t) => pen!.measureText(t).width))) + 16);
}

function axesOf(chart: Chart, units: string[]): uPlot.Axis[] {
  const grid = colour("--tblr-border-color");
  const axis = { stroke: colour("--tblr-secondary-color"), font: TICK_FONT, ticks: { show: false } };
  const lines = { stroke: grid, width: 1 };
  const across: uPlot.Axis =
    chart.axis === "age"
      ? { ...axis, grid: lines, space: 20, incrs: (_u, _axis, _least, _most, width) => [ageStep(chart.span?.[1] ?? 24, width)], values: (_u, ticks) => ticks.map((t) => (t ? age(t) : "0")) }
      : { ...axis, grid: lines, space: 80, incrs: DAY_STEPS, values: (_u, ticks) => ticks.map((t) => day(t)) };
  const sides = units.map((unit, n): uPlot.Axis => ({
    ...axis,
    scale: unit || "y",
    side: n ? 1 : 3,
    grid: n ? { show: false } : lines,
    size: (_u, ticks) => sideSize(ticks),
    values: (_u, ticks) => ticks.map((t) => NUMBER.format(t)),
    ...(units.length > 1 ? { label: unit, labelSize: 18, labelFont: "12px 'Inter Variable', sans-serif" } : {}),
  }));
  return [across, ...sides];
}

/** From the lowest to the highest value with some air, the usual bounds included; never a flat line at a third of zero. */
function scaleOf(chart: Chart): uPlot.Scale {
  return {
    range: (_u, least, most) => {
      const low = Math.min(least, chart.range?.[0] ?? least);
      const high = Math.max(most, chart.range?.[1] ?? most);
      if (chart.series.some((s) => s.columns)) return [Math.min(0, low), high * 1.08];
      const air = (high - low || Math.abs(high) || 1) * 0.06;
      return [low - air, high + air];
    },
  };
}

function seriesOf(chart: Chart): uPlot.Series[] {
  const quiet = colour("--tblr-secondary-color");
  let drawn = 0;
  return chart.series.map((s) => {
    const scale = (s.unit ?? chart.unit) || "y";
    if (s.reference) {
      const middle = s.tag === "50";
      return { label: s.label, scale, stroke: quiet, width: middle ? 1.5 : 0.75, alpha: middle ? 0.8 : 0.55, spanGaps: true, points: { show: false }, class: "chart-hidden" };
    }
    const n = drawn++;
    return {
      label: s.label,
      scale,
      stroke: colour(PALETTE[n % PALETTE.length]!),
      width: chart.axis === "age" ? 2.5 : 2,
      dash: DASHES[n % DASHES.length],
      spanGaps: true,
      points: { show: !s.columns, size: chart.axis === "age" ? 8 : 6 },
      ...(s.columns ? { paths: uPlot.paths.bars!({ size: [0.6, 40], radius: 0.15 }), fill: colour(PALETTE[n % PALETTE.length]!) } : {}),
      value: (_u: uPlot, v: number | null) => valueText(v, s.unit ?? chart.unit),
    };
  });
}

/** The days shown, whatever the sums: a month or a year whole. */
const windowOf = ([from, to]: [string, string]): [number, number] => [place(from), place(to)];

/** Where nothing is pointed at: the dash that people write, in place of the library's two. */
const quietLegend = (): uPlot.Plugin => {
  const write = (u: uPlot) => {
    for (const cell of u.root.querySelectorAll(".u-value")) if (cell.textContent === "--") cell.textContent = "–";
  };
  return { hooks: { ready: write, setLegend: write } };
};

function draw(figure: HTMLElement, chart: Chart): void {
  const plotted = document.createElement("div");
  plotted.className = "chart-plot";
  plotted.setAttribute("role", "img");
  const last = chart.series.filter((s) => !s.reference).map((s) => {
    const point = s.points.at(-1);
    if (!point) return s.label;
    const when = chart.axis === "age" ? `à ${age(place(point[0]))}` : `le ${day(place(point[0]))}`;
    return `${s.label}\u00a0: ${valueText(point[1], s.unit ?? chart.unit)} ${when}`;
  });
  plotted.setAttribute("aria-label", `Courbe. Dernières valeurs\u00a0: ${last.join(" ; ")}.`);
  figure.append(plotted);
  const bars = chart.bars?.length ? barsOf(chart.bars) : null;
  if (bars) figure.append(bars.element);
  if (!figure.querySelector("table")) figure.append(table(chart));

  const units = scalesOf(chart);
  const isAge = chart.axis === "age";
  const height = isAge ? GROWTH_HEIGHT : HEIGHT;
  // The newest point is drawn last: the child's line comes over the standard's.
  const ordered: Chart = { ...chart, series: [...chart.series].sort((a, b) => Number(!!b.reference) - Number(!!a.reference)) };
  let plot: uPlot | null = null;
  const render = () => {
    plot?.destroy();
    const plugins = [tags(ordered.series), quietLegend()];
    if (chart.range) plugins.push(band(chart.range, units[0] || "y"));
    if (bars) plugins.push(bars.plugin);
    plot = new uPlot(
      {
        width: Math.max(200, plotted.clientWidth),
        height,
        plugins,
        padding: isAge ? [10, 26, 0, 0] : [10, 32, 0, 0],
        legend: { live: true },
        scales: {
          x: isAge ? { time: false, range: chart.span } : { time: true, range: chart.window ? windowOf(chart.window) : (_u, least, most) => daysShown(least, most) },
          ...Object.fromEntries(units.map((unit) => [unit || "y", scaleOf(chart)])),
        },
        axes: axesOf(chart, units),
        series: [
          { label: isAge ? "Âge" : "Date", value: (_u, at) => (at == null ? "–" : placeText(chart, at)) },
          ...seriesOf(ordered),
        ],
      },
      aligned(ordered.series),
      plotted,
    );
  };
  render();
  new ResizeObserver(() => plot?.setSize({ width: Math.max(200, plotted.clientWidth), height })).observe(plotted);
  document.addEventListener("serment:theme", render);
}

function start(root: ParentNode): void {
  for (const figure of root.querySelectorAll<HTMLElement>("figure[data-chart]:not([data-drawn])")) {
    const given = figure.dataset.json;
    const source = figure.dataset.source
      ? document.querySelector(figure.dataset.source)
      : figure.querySelector('script[type="application/json"]');
    if (!given && !source) continue;
    figure.dataset.drawn = "";
    const chart = JSON.parse(given ?? source?.textContent ?? "{}") as Chart;
    if (chart.series?.some((s) => s.points.length)) draw(figure, chart);
  }
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => start((event.target as HTMLElement).parentElement ?? document));
