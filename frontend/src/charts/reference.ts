// The curves of a standard: their percentile written where they end.
import type uPlot from "uplot";

import { type Series, colour } from "./data";

/** Tags at the right end of the reference curves, in the room that the figure's padding leaves. */
export const tags = (series: Series[]): uPlot.Plugin => ({
  hooks: {
    draw: (u) => {
      const ratio = devicePixelRatio || 1;
      u.ctx.save();
      u.ctx.fillStyle = colour("--tblr-secondary-color");
      u.ctx.font = `${11 * ratio}px 'Inter Variable', sans-serif`;
      u.ctx.textBaseline = "middle";
      u.ctx.textAlign = "left";
      for (const s of series) {
        const end = s.points.at(-1);
        if (!s.reference || !s.tag || !end || end[1] == null) continue;
        const x = u.valToPos(end[0] as number, "x", true);
        const y = u.valToPos(end[1], u.series[1]!.scale ?? "y", true);
        if (y < u.bbox.top || y > u.bbox.top + u.bbox.height) continue;
        u.ctx.fillText(s.tag, x + 4 * ratio, y);
      }
      u.ctx.restore();
    },
  },
});

/** A band between the lowest and the highest of its values, behind the lines. */
export const band = (range: [number, number], scale: string): uPlot.Plugin => ({
  hooks: {
    drawClear: (u) => {
      const top = u.valToPos(range[1], scale, true);
      const bottom = u.valToPos(range[0], scale, true);
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
