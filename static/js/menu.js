// A menu that hangs over the page (<details data-menu>) closes on Escape, and when one goes on elsewhere.

const openMenus = () => [...document.querySelectorAll("[data-menu][open]")];

for (const name of ["click", "focusin"]) {
  addEventListener(name, ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
  });
}
addEventListener("keydown", ({ key, target }) => {
  if (key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    if (menu.contains(target)) menu.querySelector("summary").focus();
  }
});
