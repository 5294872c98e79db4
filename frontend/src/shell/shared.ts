// What app.js offers to the page scripts loaded after it, so that nothing is bundled twice.
import Offcanvas from "bootstrap/js/dist/offcanvas";
import htmx from "htmx.org";

import { bus, jsonOf, send } from "./net";
import { icon, toast } from "./toast";
import { exchange, supported } from "./webauthn";

const shared = { Offcanvas, htmx, bus, jsonOf, send, icon, toast, exchange, supported };
export type Shared = typeof shared;

declare global {
  interface Window {
    serment: Shared;
  }
}

export function share(): void {
  window.serment = shared;
}
