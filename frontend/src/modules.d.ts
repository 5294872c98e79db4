declare module "bootstrap/js/dist/offcanvas" {
  export default class Offcanvas {
    static getOrCreateInstance(element: Element): Offcanvas;
    show(): void;
    hide(): void;
  }
}
declare module "bootstrap/js/dist/collapse";
declare module "bootstrap/js/dist/dropdown";
declare module "bootstrap/js/dist/modal";
declare module "bootstrap/js/dist/tab";
