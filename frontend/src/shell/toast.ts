// Short messages at the corner of the screen; never with a name in them.

export type Level = "success" | "info" | "warning" | "danger";
const GLYPHS: Record<Level, string> = {
  success: "circle-check",
  info: "info-circle",
  warning: "alert-triangle",
  danger: "alert-triangle",
};

let sprite = "";

/** An icon of the sprite. Names written as icon("…") in these sources are put in it by the build. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  if (!sprite) {
    sprite = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "/static/dist/icons.svg";
  }
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** Shows `text`; errors and warnings stay until closed, the rest goes after six seconds. */
export function toast(text: string, level: Level = "info"): void {
  const place = document.getElementById("toasts");
  if (!place || !text) return;
  for (const shown of place.children) if (shown.querySelector("span")?.textContent === text) shown.remove();
  const box = document.createElement("div");
  box.className = `alert alert-${level}`;
  if (level === "danger" || level === "warning") box.setAttribute("role", "alert");
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.setAttribute("aria-label", "Fermer");
  close.addEventListener("click", () => box.remove());
  box.append(icon(GLYPHS[level]), words, close);
  place.append(box);
  if (level === "success" || level === "info") setTimeout(() => box.remove(), 6000);
}

/** Messages of the server that ask nothing of the reader become toasts; the others stay in the page. */
export function startToasts(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-messages] > .alert")) {
    const level = box.dataset.level ?? "info";
    if (!document.querySelector(".app") || (level !== "success" && level !== "info" && level !== "debug")) continue;
    toast(box.querySelector("span")?.textContent?.trim() ?? "", level === "success" ? "success" : "info");
    box.remove();
  }
  for (const list of document.querySelectorAll("[data-messages]")) if (!list.childElementCount) list.remove();
  document.addEventListener("toast", (event) => {
    const detail = (event as CustomEvent<{ text?: string; value?: string; level?: Level }>).detail;
    toast(detail.text ?? detail.value ?? "", detail.level ?? "info");
  });
}
