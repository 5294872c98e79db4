// The icon sprite: only the icons that the sources name.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

// {% icon "name" %} in a template; icon="name" or an Entry/Tab line in Python; data-icon="name" in a script.
const IN_TEMPLATES = /\{%\s*icon\s+["']([a-z0-9-]+)["']/g;
const DEFAULTS = /\|default:["']([a-z0-9-]+)["']/g;
const IN_PYTHON = /\bicon=["']([a-z0-9-]+)["']/g;
const ENTRIES = /\bEntry\(\s*"[^"]*",\s*"[^"]*",\s*"([a-z0-9-]+)"/g;
const IN_SCRIPTS = /\bicon\(["']([a-z0-9-]+)["']/g;

/** { svg, missing }: the sprite's text, and the names that the icon set does not have. */
export async function sprite(sources, folder) {
  const names = new Set();
  const optional = new Set();
  for (const path of sources) {
    const text = await readFile(path, "utf8");
    for (const pattern of [IN_TEMPLATES, IN_PYTHON, ENTRIES, IN_SCRIPTS]) {
      if (pattern === IN_SCRIPTS && !path.endsWith(".ts")) continue;
      for (const [, name] of text.matchAll(pattern)) names.add(name);
    }
    if (text.includes("{% icon")) for (const [, name] of text.matchAll(DEFAULTS)) optional.add(name);
  }
  const symbols = [];
  const missing = [];
  for (const name of [...new Set([...names, ...optional])].sort()) {
    let svg;
    try {
      svg = await readFile(join(folder, `${name}.svg`), "utf8");
    } catch {
      if (names.has(name)) missing.push(name);
      continue;
    }
    const shapes = svg
      .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.indexOf("</svg>"))
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
      .replace(/\s+/g, " ")
      .trim();
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`);
  }
  return { svg: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`, missing };
}
