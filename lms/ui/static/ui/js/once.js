// A form that was sent is not sent again by a second click; Back makes it usable again.
export function bindOnce(root) {
  for (const form of root.querySelectorAll("form[method=post]:not([data-bound])")) {
    form.dataset.bound = "";
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent !== undefined) event.preventDefault();
      else if (!event.defaultPrevented && !form.hasAttribute("hx-post")) form.dataset.sent = "";
    });
  }
}

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
