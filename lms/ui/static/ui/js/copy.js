import { say } from "./live.js";

export function bindCopies(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy][hidden]")) {
    button.hidden = false;
    const label = button.querySelector("span");
    const words = label.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = button.dataset.copied;
      say(button.dataset.copied);
      setTimeout(() => (label.textContent = words), 2000);
    });
  }
}
