// A bar of tabs wider than the screen opens on the tab one is at.

export function startTabs(): void {
  for (const bar of document.querySelectorAll<HTMLElement>(".patient-tabs")) {
    const here = bar.querySelector<HTMLElement>(".nav-link.active");
    if (here) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.clientWidth) / 2;
  }
}
