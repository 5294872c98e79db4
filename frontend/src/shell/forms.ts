// Forms: focus goes to the first error; a second click on a button sends nothing twice.

function focusFirstError(root: ParentNode): void {
  const field = root.querySelector<HTMLElement>('[aria-invalid="true"], .is-invalid');
  (field ?? root.querySelector<HTMLElement>("[data-form-errors]"))?.focus();
}

export function startForms(): void {
  focusFirstError(document);
  document.addEventListener("htmx:afterSettle", (event) => focusFirstError(event.target as HTMLElement));
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method === "dialog" || form.matches("[hx-post],[hx-put],[data-repeat]")) return;
    const sent = Number(form.dataset.sentAt ?? 0);
    if (Date.now() - sent < 4000) event.preventDefault();
    else form.dataset.sentAt = String(Date.now());
  });
  // A long form sent by a script (data-held): once its answer leads elsewhere, nothing is sent twice on the way there,
  // and what the page reckons beside it waits.
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr } = (event as CustomEvent<{ elt: HTMLElement; xhr: XMLHttpRequest }>).detail;
    if (elt.matches("form[data-held]") && xhr.getResponseHeader("HX-Redirect")) elt.dataset.leaving = "";
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = (event as CustomEvent<{ elt: HTMLElement }>).detail;
    const held = document.querySelector("form[data-held].htmx-request, form[data-leaving]");
    if (held && (held !== elt || elt.dataset.leaving !== undefined)) event.preventDefault();
  });
  // Coming back by the browser's arrow: never a stale page.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
