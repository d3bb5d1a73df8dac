// A file may be dropped anywhere on the zone of a file input; the input itself keeps working.
export function bindDrops(root) {
  for (const zone of root.querySelectorAll("[data-drop]:not([data-bound])")) {
    const input = zone.querySelector("input[type=file]");
    zone.dataset.bound = "";
    zone.querySelector(".drop-hint").hidden = false;
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("drop-over");
      });
    }
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("drop-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
