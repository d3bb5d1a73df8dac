// Choose the browser's own time zone for somebody who has not chosen one yet.
const part = document.querySelector("[data-time-zone]");
const select = part?.querySelector("select");

if (select && !select.value) {
  const reported = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const old = JSON.parse(document.getElementById("old-zones").textContent);
  select.value = old[reported] ?? reported;
  if (select.selectedIndex < 0) {
    select.value = "";
  }
}
