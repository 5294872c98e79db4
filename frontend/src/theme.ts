// Runs before the first paint: the colour scheme, from the person's choice or the system's.
const choice = localStorage.getItem("serment-theme");
const dark = choice ? choice === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
document.documentElement.classList.add("js");
