// Requests made by scripts: CSRF token, background mark, and one place that notices a locked session.

export interface Sent {
  /** urlencoded body, or a value sent as JSON */
  form?: URLSearchParams;
  json?: unknown;
  method?: string;
  /** Made by a timer, not by the person: does not count as activity for the idle lock. */
  background?: boolean;
  keepalive?: boolean;
}

export const bus = new EventTarget();
export const announce = (name: "locked" | "unlocked" | "touched" | "flush" | "over" | "signed"): void => {
  bus.dispatchEvent(new Event(name));
};

const tokenTag = (): HTMLMetaElement | null => document.querySelector('meta[name="csrf-token"]');
export const csrf = (): string => tokenTag()?.content ?? "";
export function renewCsrf(token: string): void {
  const tag = tokenTag();
  if (!tag) return;
  tag.content = token;
  for (const input of document.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) {
    input.value = token;
  }
}

/** Throws TypeError when the network is down; any HTTP answer is returned, redirects unfollowed. */
export async function send(url: string, what: Sent = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const method = what.method ?? "POST";
  if (method !== "GET") headers["X-CSRFToken"] = csrf();
  if (what.background) headers["X-Serment-Background"] = "1";
  let body: BodyInit | undefined;
  if (what.json !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(what.json);
  } else if (what.form) {
    body = what.form;
  }
  const answer = await fetch(url, {
    method,
    headers,
    body,
    credentials: "same-origin",
    redirect: "manual",
    keepalive: what.keepalive ?? false,
  });
  if (answer.status === 423) announce("locked");
  else if (answer.status === 401) announce("over");
  else if (!what.background) announce("touched");
  return answer;
}

/** The JSON object of an answer, or an empty one when it carries none. */
export async function jsonOf<T extends object>(answer: Response): Promise<Partial<T>> {
  if (!(answer.headers.get("Content-Type") ?? "").includes("json")) return {};
  try {
    return (await answer.json()) as Partial<T>;
  } catch {
    return {};
  }
}

const PARIS = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", hour: "numeric", minute: "2-digit" });
/** 14 h 32, Paris time, as everywhere on the pages. */
export const clock = (at = new Date()): string =>
  PARIS.format(at).replace(/^0/, "").replace(":", "\u00a0h\u00a0");
