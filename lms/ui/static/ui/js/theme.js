// The palette changes at once; the form still tells the server, which writes it into the next page.
export function bindTheme(root) {
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    delete form.dataset.sent;
    const chosen = event.submitter.value;
    if (chosen === "system") delete root.documentElement.dataset.theme;
    else root.documentElement.dataset.theme = chosen;
    for (const button of root.querySelectorAll("[data-theme-form] button")) {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    }
    const body = new FormData(form, event.submitter);
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  });
}
