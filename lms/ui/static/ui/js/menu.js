// Menus are <details>; here they also close by Escape, by a click elsewhere, and when focus leaves.
export function bindMenus(root) {
  const others = (inside) => [...root.querySelectorAll("[data-menu][open]")].filter((menu) => !menu.contains(inside));
  root.addEventListener("click", (event) => others(event.target).forEach(close));
  root.addEventListener("focusin", (event) => others(event.target).forEach(close));
  root.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("[data-menu][open]");
    if (!menu) return;
    close(menu);
    menu.querySelector("summary").focus();
  });
}

function close(menu) {
  menu.open = false;
}
