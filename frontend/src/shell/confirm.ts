// Destructive acts ask once, and say what will go: data-confirm="…" on a form, a button, a link or an htmx element.
// data-confirm-title and data-confirm-yes change the title and the word of the button.

let asked: Element | null = null;

/** Resolves to whether the person accepted. */
export function ask(source: HTMLElement): Promise<boolean> {
  const dialog = document.getElementById("confirm") as HTMLDialogElement | null;
  const text = source.dataset.confirm ?? "";
  if (!dialog) return Promise.resolve(window.confirm(text));
  const part = (selector: string) => dialog.querySelector<HTMLElement>(selector);
  part("#confirm-title")!.textContent = source.dataset.confirmTitle ?? "Confirmer";
  part("#confirm-text")!.textContent = text;
  part("[data-confirm-yes]")!.textContent = source.dataset.confirmYes ?? "Continuer";
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export function startConfirm(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      const submitter = (event as SubmitEvent).submitter as HTMLElement | null;
      const source = submitter?.dataset.confirm ? submitter : form.dataset.confirm ? form : null;
      if (!source) return;
      if (asked === form) {
        asked = null;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      void ask(source).then((yes) => {
        if (!yes) return;
        asked = form;
        form.requestSubmit(submitter as HTMLButtonElement | null);
      });
    },
    true,
  );
  document.addEventListener(
    "click",
    (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-confirm][href]");
      if (!link || link.hasAttribute("hx-get") || link.hasAttribute("hx-post")) return;
      event.preventDefault();
      void ask(link).then((yes) => {
        if (yes) location.assign(link.href);
      });
    },
    true,
  );
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, issueRequest } = (event as CustomEvent<{ elt: HTMLElement; issueRequest: (skip: boolean) => void }>)
      .detail;
    if (!elt.dataset.confirm || elt instanceof HTMLFormElement) return;
    event.preventDefault();
    void ask(elt).then((yes) => {
      if (yes) issueRequest(true);
    });
  });
}
