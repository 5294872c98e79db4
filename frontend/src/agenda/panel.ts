// The side panel: an appointment, or a new one, fetched as a fragment.
import type {} from "../shell/shared";

const { Offcanvas, htmx } = window.serment;

function panel(): HTMLElement {
  const found = document.getElementById("agenda-panel");
  if (found) return found;
  const made = document.createElement("div");
  made.id = "agenda-panel";
  made.className = "offcanvas offcanvas-end";
  made.tabIndex = -1;
  (document.getElementById("app") ?? document.body).append(made);
  return made;
}

/** A fragment without its own header gets one, so that the panel can always be closed. */
function complete(box: HTMLElement): void {
  if (box.querySelector('[data-bs-dismiss="offcanvas"]')) return;
  const header = document.createElement("div");
  header.className = "offcanvas-header";
  const title = document.createElement("h2");
  title.className = "offcanvas-title";
  title.textContent = "Rendez-vous";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.dataset.bsDismiss = "offcanvas";
  close.setAttribute("aria-label", "Fermer");
  header.append(title, close);
  if (!box.querySelector(".offcanvas-body")) {
    const body = document.createElement("div");
    body.className = "offcanvas-body";
    body.append(...box.childNodes);
    box.append(body);
  }
  box.prepend(header);
}

export async function openPanel(url: string): Promise<void> {
  const box = panel();
  let arrived = false;
  box.addEventListener("htmx:afterSwap", () => (arrived = true), { once: true });
  await htmx.ajax("get", url, { target: box, swap: "innerHTML" });
  if (!arrived) return;
  complete(box);
  const title = box.querySelector<HTMLElement>(".offcanvas-title");
  if (title) {
    title.id ||= "agenda-panel-title";
    box.setAttribute("aria-labelledby", title.id);
  }
  const focus = () =>
    box
      .querySelector<HTMLElement>("[autofocus], .offcanvas-body :is(input:not([type=hidden]), select, textarea, a, button)")
      ?.focus();
  if (box.classList.contains("show")) focus();
  else box.addEventListener("shown.bs.offcanvas", focus, { once: true });
  Offcanvas.getOrCreateInstance(box).show();
}

export function closePanel(): void {
  const box = document.getElementById("agenda-panel");
  if (box) Offcanvas.getOrCreateInstance(box).hide();
}
