// Buttons that register or use a passkey: data-passkey="register|assert", data-begin-url, data-complete-url,
// optionally data-label-from (id of the field that names the key) and data-error-to (id of the place for errors).
import type {} from "./shell/shared";

const { exchange, supported, toast } = window.serment;

async function use(button: HTMLButtonElement): Promise<void> {
  const kind = button.dataset.passkey === "register" ? "register" : "assert";
  const label = document.getElementById(button.dataset.labelFrom ?? "") as HTMLInputElement | null;
  const password = document.getElementById(button.dataset.passwordFrom ?? "") as HTMLInputElement | null;
  const extra = { ...(label && { label: label.value }), ...(password && { password: password.value }) };
  button.disabled = true;
  const outcome = await exchange(kind, button.dataset.beginUrl!, button.dataset.completeUrl!, extra);
  button.disabled = false;
  if (outcome.ok) {
    if (outcome.redirect) location.assign(outcome.redirect);
    else location.reload();
    return;
  }
  const place = document.getElementById(button.dataset.errorTo ?? "");
  if (place) place.textContent = outcome.error ?? "";
  else toast(outcome.error ?? "", "danger");
}

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-passkey]")) {
  if (!supported()) {
    button.disabled = true;
    button.title = "Ce navigateur ne connaît pas les clés d’accès.";
  }
  button.addEventListener("click", () => void use(button));
}
