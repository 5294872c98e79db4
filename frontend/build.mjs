// Builds serment/site/static/dist from src/: scripts, purged style sheet, icon sprite, font, licences.
// `node build.mjs` builds once; `node build.mjs --whole-css` skips the purge (to look for a missing class).
import { build } from "esbuild";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";

import { licences } from "./licences.mjs";
import { sprite } from "./sprite.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const project = join(here, "..");
const out = join(project, "serment/site/static/dist");

/** Every file under `folder` whose name ends in one of `endings`. */
async function files(folder, endings) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((e) => e.isFile() && endings.some((end) => e.name.endsWith(end)))
    .map((e) => join(e.parentPath ?? e.path, e.name))
    .filter((path) => !path.includes("/static/dist/") && !path.includes("/__pycache__/"))
    .sort();
}

// Classes whose last part is computed in a template (`badge bg-{{ tone }}-lt`), or set by a script.
const COMPUTED = [
  /^(bg|text|text-bg|btn|btn-outline|alert|badge|status|border)-(primary|secondary|success|info|warning|danger)(-lt|-fg)?$/,
  /^(bg|text|status)-(blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan)(-lt|-fg)?$/,
  /^(modal|offcanvas|collapse|collapsing|fade|show|dropdown|tooltip|was-validated|is-|htmx-)/,
];

// Attribute selectors to keep: form controls are written by Django, the scheme is set by theme.ts.
const KEPT_WORDS = "data-bs-theme light dark type radio checkbox text search password file date number range color " +
  "aria-current page aria-selected true false dir ltr open disabled readonly multiple size";

/** The style sheet of `entry` as text; fonts it names are written beside it. */
async function bundle(entry) {
  const bundled = await build({
    entryPoints: [join(here, "src/styles", entry)],
    bundle: true,
    write: false,
    outdir: out,
    loader: { ".woff2": "file" },
    assetNames: "[name]",
    logLevel: "warning",
  });
  let css = "";
  for (const file of bundled.outputFiles) {
    if (file.path.endsWith(".css")) css = file.text;
    else await writeFile(file.path, file.contents);
  }
  return css;
}

async function styles() {
  let vendor = await bundle("vendor.css");
  if (!process.argv.includes("--whole-css")) {
    const content = await files(join(project, "serment"), [".html", ".py"]);
    content.push(...(await files(join(here, "src"), [".ts"])));
    const [purged] = await new PurgeCSS().purge({
      content: [...content, { raw: KEPT_WORDS, extension: "txt" }],
      css: [{ raw: vendor }],
      defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
      safelist: { greedy: COMPUTED },
    });
    vendor = purged.css;
  }
  const whole = await build({
    stdin: { contents: vendor + (await bundle("app.css")), loader: "css" },
    minify: true,
    write: false,
    legalComments: "none",
  });
  await writeFile(join(out, "app.css"), whole.outputFiles[0].contents);
}

async function scripts() {
  const names = (await readdir(join(here, "src"))).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
  await build({
    entryPoints: names.map((name) => join(here, "src", name)),
    outdir: out,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
  });
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([styles(), scripts()]);
const sources = [
  ...(await files(join(project, "serment"), [".html", ".py"])),
  ...(await files(join(here, "src"), [".ts"])),
];
const { svg, missing } = await sprite(sources, join(here, "node_modules/@tabler/icons/icons/outline"));
await writeFile(join(out, "icons.svg"), svg);
// For the browser tests only; no page loads it.
await mkdir(join(here, "dist"), { recursive: true });
await copyFile(join(here, "node_modules/axe-core/axe.min.js"), join(here, "dist/axe.min.js"));
await copyFile(join(here, "src/serment.svg"), join(out, "serment.svg"));
await writeFile(join(out, "licences.txt"), await licences(here));
for (const name of (await readdir(out)).sort()) {
  const { length } = await readFile(join(out, name));
  console.log(`${(length / 1024).toFixed(1).padStart(8)} kB  ${name}`);
}
if (missing.length) {
  console.error(`Unknown icons: ${missing.join(", ")}`);
  process.exitCode = 1;
}
