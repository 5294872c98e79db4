// Polling: data-poll-url, data-poll-seconds (5). 204: nothing changed; 200: the fragment replaces the element's
// content (HX-Trigger works too). The request is marked as background, so it never keeps a session awake.
import htmx from "htmx.org";

import { bus } from "./net";

const states = new WeakMap<Element, { tag: string; busy: boolean }>();
let stopped = false;

async function poll(element: HTMLElement): Promise<void> {
  const state = states.get(element) ?? { tag: "", busy: false };
  states.set(element, state);
  if (state.busy || stopped || document.hidden) return;
  state.busy = true;
  try {
    const headers: Record<string, string> = { "X-Serment-Background": "1", "HX-Request": "true" };
    if (state.tag) headers["If-None-Match"] = state.tag;
    const answer = await fetch(element.dataset.pollUrl!, { headers, credentials: "same-origin", redirect: "manual" });
    if (answer.status === 423) bus.dispatchEvent(new Event("locked"));
    if (answer.status !== 200) return;
    state.tag = answer.headers.get("ETag") ?? "";
    const trigger = answer.headers.get("HX-Trigger");
    const html = await answer.text();
    // Nothing is replaced under the person's hands.
    if (html && !element.contains(document.activeElement)) {
      htmx.swap(element, html, { swapStyle: "innerHTML" } as Parameters<typeof htmx.swap>[2]);
    }
    for (const name of trigger?.startsWith("{") ? Object.keys(JSON.parse(trigger) as object) : (trigger?.split(",") ?? [])) {
      htmx.trigger(element, name.trim(), {});
    }
  } catch {
    // Offline: the next turn tries again.
  } finally {
    state.busy = false;
  }
}

export function startPolling(): void {
  const last = new WeakMap<Element, number>();
  bus.addEventListener("locked", () => (stopped = true));
  bus.addEventListener("unlocked", () => (stopped = false));
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-poll-url]")) {
      const every = Number(element.dataset.pollSeconds ?? 5) * 1000;
      const before = last.get(element);
      if (before === undefined) last.set(element, Date.now());
      else if (Date.now() - before >= every) {
        last.set(element, Date.now());
        void poll(element);
      }
    }
  }, 1000);
}
