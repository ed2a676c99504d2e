// A link to a place of the page leads into it: what hides it opens, and its first field gets the focus.
const FIELDS = "input:not([type=hidden], [hidden], [disabled]), select:not([disabled]), textarea:not([disabled])";

function enter(id) {
  const place = id && document.getElementById(id);
  if (!place) return false;
  for (let box = place.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  const stop = place.matches(FIELDS) ? place : place.querySelector(FIELDS);
  if (!stop) place.tabIndex = -1;
  (stop ?? place).focus({ preventScroll: true });
  (stop?.closest(".field") ?? place).scrollIntoView({ block: stop ? "center" : "start" });
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href*='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (link.pathname !== window.location.pathname || link.search !== window.location.search) return;
  if (!enter(link.hash.slice(1))) return;
  event.preventDefault();
});

// The place is left out of the address afterwards: a form that comes back with an error keeps its focus on the error.
if (window.location.hash) {
  const wrong = document.querySelector("[data-form-errors], [data-conflict], main [aria-invalid=true]");
  const found = wrong || enter(window.location.hash.slice(1));
  if (found) window.history.replaceState(null, "", window.location.pathname + window.location.search);
}
