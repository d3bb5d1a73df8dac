// "/" goes to the filter of the page, unless somebody is typing.
export function bindShortcuts(root) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const target = [...root.querySelectorAll("[data-shortcut]")].find((one) => one.dataset.shortcut === event.key);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.select?.();
  });
}

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}
