// The doses that the server worked out from the weight or the kidney, written on their lines before anything is signed.

interface Dose {
  place: number;
  dose: string;
  unit: string;
  usual_dose: string;
  worked: string;
  missing: boolean;
}

function write(line: Element, dose: Dose | undefined): void {
  const said = line.querySelector<HTMLElement>("[data-worked]");
  if (said) {
    const text = dose?.worked ?? "";
    said.textContent = text.charAt(0).toUpperCase() + text.slice(1);
    said.classList.toggle("text-danger", dose?.missing ?? false);
  }
  if (!dose) return;
  for (const name of ["dose", "unit", "usual_dose"] as const) {
    const field = line.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`);
    if (field) field.value = dose[name];
  }
}

/** Follow the event « doses » of the checks: the lines that vary, by their place. */
export function startDoses(): void {
  document.addEventListener("doses", (event) => {
    const doses = (event as CustomEvent<{ lines: Dose[] }>).detail.lines;
    document.querySelectorAll("#lines [data-line]").forEach((line, place) => {
      write(line, doses.find((dose) => dose.place === place));
    });
  });
}
