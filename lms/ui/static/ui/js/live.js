// One polite live region per page: what is said here is read out and not shown.
export function say(words) {
  const region = document.getElementById("live");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = words));
}
