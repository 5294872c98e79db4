// The licences of what is shipped to browsers, gathered from the packages themselves.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const SHIPPED = [
  "@tabler/core", "@tabler/icons", "bootstrap", "@popperjs/core", "htmx.org",
  "@event-calendar/core", "svelte", "uplot", "@fontsource-variable/inter",
];

/** One text: for each shipped package its name, version, licence and licence text. */
export async function licences(here) {
  const parts = ["Third-party software in these files, with its licences.\n"];
  for (const name of SHIPPED) {
    const folder = join(here, "node_modules", name);
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(join(folder, file), "utf8") : `${about.license} licence.\n`;
    parts.push(`${"=".repeat(70)}\n${name} ${about.version} — ${about.license}\n\n${text.trim()}\n`);
  }
  return parts.join("\n");
}
