// A session that ends while a page is open. The page is covered and kept; the person signs in again in another tab, and
// that tab tells the first one the token of the new session. Another person's session changes nothing here.
import { announce, bus, csrf, renewCsrf } from "./net";

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("serment-session") : null;
let over = false;

function tell(screen: HTMLElement, ended: boolean): void {
  for (const part of screen.querySelectorAll<HTMLElement>("[data-while-locked]")) part.hidden = ended;
  for (const part of screen.querySelectorAll<HTMLElement>("[data-when-over]")) part.hidden = !ended;
}

export function startSession(): void {
  const screen = document.getElementById("lock");
  const who = document.body.dataset.who;
  if (!screen || !who) return bus.addEventListener("over", () => location.reload());
  bus.addEventListener("over", () => {
    over = true;
    announce("locked");
    tell(screen, true);
    screen.querySelector<HTMLElement>("a[data-when-over]")?.focus();
  });
  tabs?.addEventListener("message", (event: MessageEvent<{ who: string; csrf: string }>) => {
    if (event.data.who !== who) return;
    renewCsrf(event.data.csrf);
    if (!over) return;
    over = false;
    tell(screen, false);
    announce("signed");
  });
  tabs?.postMessage({ who, csrf: csrf() });
}
