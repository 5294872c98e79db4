// The phone's page: reads the code in the fragment, trades it for a token, sends photos. It holds no key and no session.
const root = document.querySelector<HTMLElement>("#capture")!;
const state = root.querySelector<HTMLElement>("[data-state]")!;
const ready = root.querySelector<HTMLElement>("[data-ready]")!;
const sent = root.querySelector<HTMLOListElement>("[data-sent]")!;
const shot = root.querySelector<HTMLInputElement>("#shot")!;
const SIDE = 2200;
const KEPT = "serment-capture";

const csrf = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
let token = "";
let until = 0;

function say(text: string): void {
  state.textContent = text;
}

function over(text: string): void {
  ready.hidden = true;
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Private browsing: nothing was kept.
  }
  say(text);
}

async function post(address: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const answer = await fetch(address, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": csrf(), ...headers },
    credentials: "same-origin",
  });
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (answer.ok) return said;
  if (said.ended) over(String(said.error));
  throw new Error(typeof said.error === "string" ? said.error : "L’envoi n’a pas abouti : réessayez.");
}

/** A smaller JPEG, upright, without what the camera writes beside the picture (place, device). */
async function light(file: File): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error())), "image/jpeg", 0.85),
    );
  } catch {
    return file;
  }
}

async function send(file: File): Promise<void> {
  const line = document.createElement("li");
  line.textContent = "Envoi…";
  sent.append(line);
  try {
    const blob = await light(file);
    await post(root.dataset.send!, blob, { "X-Serment-Capture": token, "Content-Type": blob.type || "image/jpeg" });
    line.textContent = `Photo reçue par le cabinet (${Math.max(1, Math.round(blob.size / 1024))} Ko)`;
    line.className = "capture-ok";
  } catch (error) {
    line.textContent = (error as Error).message || "Le cabinet ne répond pas : réessayez.";
    line.className = "text-danger";
  }
}

function open(): void {
  ready.hidden = false;
  const minutes = (): void => {
    const left = Math.ceil((until - Date.now()) / 60000);
    if (ready.hidden) return;
    if (left <= 0) return over("Les dix minutes sont passées : demandez un autre code.");
    say(left === 1 ? "Prêt, encore une minute." : `Prêt, encore ${left} minutes.`);
    setTimeout(minutes, 5000);
  };
  minutes();
}

async function start(): Promise<void> {
  const ticket = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  if (!ticket) {
    // The phone may have dropped the page while its camera was open.
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as { token: string; until: number } | null;
    if (!kept || kept.until < Date.now()) return over("Visez le code affiché sur l’ordinateur du cabinet.");
    ({ token, until } = kept);
    return open();
  }
  const given = await post(root.dataset.enter!, JSON.stringify({ ticket }), { "Content-Type": "application/json" });
  token = String(given.token);
  until = Date.now() + Number(given.seconds) * 1000;
  sessionStorage.setItem(KEPT, JSON.stringify({ token, until }));
  open();
}

shot.addEventListener("change", () => {
  const file = shot.files?.[0];
  if (file) void send(file);
  shot.value = "";
});
root.querySelector("[data-end-button]")!.addEventListener("click", () => {
  void post(root.dataset.end!, "", { "X-Serment-Capture": token }).catch(() => undefined);
  over("C’est fini, merci. Vous pouvez fermer cette page.");
});
void start().catch((error: Error) => over(error.message));
window.addEventListener("hashchange", () => void start().catch((error: Error) => over(error.message)));
