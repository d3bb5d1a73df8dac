// The print button: shown only where it can work.
for (const holder of document.querySelectorAll("[data-print]")) {
  holder.hidden = false;
  holder.addEventListener("click", () => window.print());
}
