// htmx under a strict CSP: no eval, no inline style, no page kept in the browser (nothing of a patient stays on disk).
import htmx from "htmx.org";

import { announce, csrf } from "./net";
import { toast } from "./toast";

const PHRASES: Record<number, string> = {
  400: "La demande n’a pas été comprise. Rien n’a été modifié.",
  403: "Vous n’avez pas accès à cet élément. Rien n’a été modifié.",
  404: "Cet élément n’existe pas ou n’existe plus.",
  409: "Quelqu’un a modifié cet élément entre-temps. Rechargez la page pour voir son état.",
  413: "Le fichier est trop volumineux. Rien n’a été enregistré.",
  429: "Trop de demandes à la suite. Attendez un instant.",
};

interface Details {
  xhr: XMLHttpRequest;
  elt: HTMLElement;
  headers: Record<string, string>;
  verb: string;
  requestConfig?: { headers: Record<string, string> };
}

export function startHtmx(): void {
  Object.assign(htmx.config, {
    allowEval: false,
    includeIndicatorStyles: false,
    historyCacheSize: 0,
    historyEnabled: true,
    refreshOnHistoryMiss: true,
    selfRequestsOnly: true,
    allowScriptTags: false,
    scrollIntoViewOnBoost: false,
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "422", swap: true },
      { code: "[45]..", swap: false, error: true },
    ],
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers, elt, verb } = (event as CustomEvent<Details>).detail;
    if (verb !== "get") headers["X-CSRFToken"] = csrf();
    if (elt.closest("[data-background]")) headers["X-Serment-Background"] = "1";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, requestConfig } = (event as CustomEvent<Details>).detail;
    if (xhr.status === 423) announce("locked");
    else if (!requestConfig?.headers["X-Serment-Background"]) announce("touched");
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<Details>).detail;
    if (xhr.status === 423) return;
    if (xhr.status === 401) return announce("over");
    if ((xhr.getResponseHeader("HX-Trigger") ?? "").includes("toast")) return;
    toast(spoken(xhr) || PHRASES[xhr.status] || "Le logiciel a rencontré un problème. Rien n’a été modifié.", "danger");
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if ((event as CustomEvent<Details>).detail.elt.closest("[data-background]")) return;
      toast("Le serveur ne répond pas. Votre saisie est gardée à l’écran ; réessayez.", "danger");
    });
  }
}

/** The phrase of a JSON answer `{"error": "…"}`, or an empty text. */
function spoken(xhr: XMLHttpRequest): string {
  if (!(xhr.getResponseHeader("Content-Type") ?? "").includes("json")) return "";
  try {
    return (JSON.parse(xhr.responseText) as { error?: string }).error ?? "";
  } catch {
    return "";
  }
}
