// The search field: a combobox over a list that the server renders (POST: no name ever enters a URL).

export function startSearch(): void {
  const form = document.querySelector<HTMLFormElement>("[data-search]");
  const field = form?.querySelector<HTMLInputElement>("input[name=q]");
  const list = form?.querySelector<HTMLElement>("#search-results");
  if (!form || !field || !list) return;

  const options = () => [...list.querySelectorAll<HTMLElement>('[role="option"]')];
  let current = -1;

  const show = (visible: boolean) => {
    list.hidden = !visible;
    field.setAttribute("aria-expanded", String(visible));
    if (!visible) pick(-1);
  };
  const pick = (place: number) => {
    const all = options();
    current = all.length ? Math.max(-1, Math.min(place, all.length - 1)) : -1;
    field.removeAttribute("aria-activedescendant");
    all.forEach((option, i) => {
      option.id ||= `search-option-${i}`;
      option.setAttribute("aria-selected", String(i === current));
      if (i === current) {
        field.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  };

  list.addEventListener("htmx:afterSwap", () => {
    show(field.value.trim() !== "" && list.childElementCount > 0);
    pick(options().length ? 0 : -1);
  });
  field.addEventListener("focus", () => show(field.value.trim() !== "" && list.childElementCount > 0));
  field.addEventListener("input", () => {
    if (field.value.trim() === "") show(false);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) show(list.childElementCount > 0);
      const all = options().length;
      if (all) pick((current + (event.key === "ArrowDown" ? 1 : -1) + all) % all);
    } else if (event.key === "Enter" && !list.hidden && current >= 0) {
      event.preventDefault();
      options()[current]?.click();
    } else if (event.key === "Escape") {
      if (list.hidden) field.blur();
      show(false);
    }
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target as Node)) show(false);
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget as Node)) show(false);
  });
}
