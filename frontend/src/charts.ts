// Trends of measures. <figure data-chart> holds (or names by data-source="#id") a JSON script:
//   {"unit": "kg", "series": [{"label": "Poids", "unit": "kg", "points": [["2026-01-14", 71.5], …]}],
//    "range": [60, 80]}          (range: usual values, drawn as a band; optional)
// The same values are given as a table, for screen readers and for whoever prefers reading.
import uPlot from "uplot";

interface Series {
  label: string;
  unit?: string;
  points: [string, number | null][];
}
interface Chart {
  unit?: string;
  series: Series[];
  range?: [number, number];
}

const DATE = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris" });
const NUMBER = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });
const PALETTE = ["--tblr-primary", "--tblr-danger", "--tblr-warning", "--tblr-info"];
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];
const HEIGHT = 190;

const seconds = (text: string): number => new Date(text).getTime() / 1000;
const day = (at: number): string => DATE.format(new Date(at * 1000));
const valueText = (v: number | null | undefined, unit?: string): string =>
  v == null ? "–" : NUMBER.format(v) + (unit ? `\u00a0${unit}` : "");

/** A canvas knows no light-dark(): the colour is asked of the page. */
function colour(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** One column of times for all series; a series without a value at a time has null there. */
function aligned(series: Series[]): uPlot.AlignedData {
  const times = [...new Set(series.flatMap((s) => s.points.map(([at]) => seconds(at))))].sort((a, b) => a - b);
  const columns = series.map((s) => {
    const at = new Map(s.points.map(([text, value]) => [seconds(text), value]));
    return times.map((t) => at.get(t) ?? null);
  });
  return [times, ...columns] as uPlot.AlignedData;
}

function table(chart: Chart): HTMLElement {
  const details = document.createElement("details");
  details.className = "chart-table";
  const summary = document.createElement("summary");
  summary.textContent = "Voir les valeurs";
  const grid = document.createElement("table");
  grid.className = "table table-sm";
  const head = grid.createTHead().insertRow();
  for (const text of ["Date", ...chart.series.map((s) => s.label)]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = text;
    head.append(cell);
  }
  const body = grid.createTBody();
  const [times, ...columns] = aligned(chart.series);
  for (let i = times!.length - 1; i >= 0; i--) {
    const row = body.insertRow();
    row.insertCell().textContent = day(times![i]!);
    chart.series.forEach((s, n) => (row.insertCell().textContent = valueText(columns[n]![i], s.unit ?? chart.unit)));
  }
  details.append(summary, grid);
  return details;
}

/** The band of usual values, behind the lines. */
const band = (range: [number, number]): uPlot.Plugin => ({
  hooks: {
    drawClear: (u) => {
      const top = u.valToPos(range[1], "y", true);
      const bottom = u.valToPos(range[0], "y", true);
      u.ctx.save();
      u.ctx.globalAlpha = 0.1;
      u.ctx.fillStyle = colour("--tblr-success");
      u.ctx.beginPath();
      u.ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
      u.ctx.clip();
      u.ctx.fillRect(u.bbox.left, top, u.bbox.width, bottom - top);
      u.ctx.restore();
    },
  },
});

function draw(figure: HTMLElement, chart: Chart): void {
  const place = document.createElement("div");
  place.className = "chart-plot";
  place.setAttribute("role", "img");
  const last = chart.series.map((s) => {
    const point = s.points.at(-1);
    return point ? `${s.label}\u00a0: ${valueText(point[1], s.unit ?? chart.unit)} le ${day(seconds(point[0]))}` : s.label;
  });
  place.setAttribute("aria-label", `Courbe. Dernières valeurs\u00a0: ${last.join(" ; ")}.`);
  figure.append(place);
  if (!figure.querySelector("table")) figure.append(table(chart));

  let plot: uPlot | null = null;
  const render = () => {
    plot?.destroy();
    const ink = colour("--tblr-secondary-color");
    const grid = colour("--tblr-border-color");
    const axis = { stroke: ink, font: "12px 'Inter Variable', sans-serif", grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    plot = new uPlot(
      {
        width: Math.max(200, place.clientWidth),
        height: HEIGHT,
        plugins: chart.range ? [band(chart.range)] : [],
        legend: { live: true },
        axes: [
          { ...axis, space: 80, values: (_u, ticks) => ticks.map((t) => day(t)) },
          { ...axis, size: 54, values: (_u, ticks) => ticks.map((t) => NUMBER.format(t)) },
        ],
        series: [
          { label: "Date", value: (_u, at) => (at == null ? "–" : day(at)) },
          ...chart.series.map((s, i) => ({
            label: s.label,
            stroke: colour(PALETTE[i % PALETTE.length]!),
            width: 2,
            dash: DASHES[i % DASHES.length],
            spanGaps: true,
            points: { show: true, size: 6 },
            value: (_u: uPlot, v: number | null) => valueText(v, s.unit ?? chart.unit),
          })),
        ],
      },
      aligned(chart.series),
      place,
    );
  };
  render();
  new ResizeObserver(() => plot?.setSize({ width: Math.max(200, place.clientWidth), height: HEIGHT })).observe(place);
  document.addEventListener("serment:theme", render);
}

function start(root: ParentNode): void {
  for (const figure of root.querySelectorAll<HTMLElement>("figure[data-chart]:not([data-drawn])")) {
    const source = figure.dataset.source
      ? document.querySelector(figure.dataset.source)
      : figure.querySelector('script[type="application/json"]');
    if (!source) continue;
    figure.dataset.drawn = "";
    const chart = JSON.parse(source.textContent ?? "{}") as Chart;
    if (chart.series?.some((s) => s.points.length)) draw(figure, chart);
  }
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => start((event.target as HTMLElement).parentElement ?? document));
