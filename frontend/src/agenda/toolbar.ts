// The agenda's own toolbar: period, day or week, whose agenda.

export interface Toolbar {
  element: HTMLElement;
  title: (text: string) => void;
  mode: (mode: Mode) => void;
}
export type Mode = "day" | "week";
interface Actions {
  previous: () => void;
  next: () => void;
  today: () => void;
  mode: (mode: Mode) => void;
  resource: (id: string) => void;
}

const { icon } = window.serment;

function button(text: string, act: () => void, glyph?: SVGSVGElement): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = glyph ? "btn btn-icon" : "btn";
  if (glyph) {
    made.append(glyph);
    made.setAttribute("aria-label", text);
    made.title = text;
  } else {
    made.textContent = text;
  }
  made.addEventListener("click", act);
  return made;
}

export function buildToolbar(resources: { id: string; title: string }[], actions: Actions): Toolbar {
  const element = document.createElement("div");
  element.className = "agenda-toolbar";
  const title = document.createElement("h2");
  title.className = "agenda-title";
  title.setAttribute("aria-live", "polite");
  const moves = document.createElement("div");
  moves.className = "btn-group";
  moves.append(
    button("Période précédente", actions.previous, icon("chevron-left")),
    button("Aujourd’hui", actions.today),
    button("Période suivante", actions.next, icon("chevron-right")),
  );
  const modes = document.createElement("div");
  modes.className = "btn-group";
  modes.setAttribute("role", "group");
  modes.setAttribute("aria-label", "Affichage");
  const day = button("Jour", () => actions.mode("day"));
  const week = button("Semaine", () => actions.mode("week"));
  modes.append(day, week);
  element.append(moves, title);
  if (resources.length > 1) element.append(chooser(resources, actions.resource));
  element.append(modes);
  return {
    element,
    title: (text) => (title.textContent = text),
    mode: (mode) => {
      day.setAttribute("aria-pressed", String(mode === "day"));
      week.setAttribute("aria-pressed", String(mode === "week"));
      day.classList.toggle("active", mode === "day");
      week.classList.toggle("active", mode === "week");
    },
  };
}

function chooser(resources: { id: string; title: string }[], choose: (id: string) => void): HTMLSelectElement {
  const select = document.createElement("select");
  select.className = "form-select agenda-who";
  select.setAttribute("aria-label", "Agenda de");
  select.append(new Option("Tous les praticiens", ""));
  for (const { id, title } of resources) select.append(new Option(title, id));
  select.addEventListener("change", () => choose(select.value));
  return select;
}
