// After a refused form the list of errors takes focus, so that it is read first.
export function focusFirst(root) {
  const target = root.matches?.("[data-focus]") ? root : root.querySelector("[data-focus]");
  target?.focus();
}
