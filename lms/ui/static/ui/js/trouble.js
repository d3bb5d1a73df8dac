// What htmx could not do is said where it can be seen and heard; what was typed stays on the page.
export function bindTrouble(root) {
  root.addEventListener("htmx:sendError", () => show("offline"));
  root.addEventListener("htmx:timeout", () => show("offline"));
  root.addEventListener("htmx:responseError", (event) => show(event.detail.xhr.status >= 500 ? "offline" : "refused"));
  root.addEventListener("htmx:afterRequest", (event) => event.detail.successful && hide());
}

function show(kind) {
  const box = document.getElementById("trouble");
  if (!box) return;
  box.textContent = box.dataset[kind];
  box.hidden = false;
}

function hide() {
  const box = document.getElementById("trouble");
  if (box) box.hidden = true;
}
