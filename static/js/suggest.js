// What was entered before, one button each: a click adds it to the field as a line of its own.
function add(button) {
  const field = document.getElementById(button.closest("[data-suggest]").dataset.suggest);
  const lines = field.value.split("\n").map((line) => line.trim());
  if (!lines.includes(button.dataset.line)) {
    field.value = [field.value.trimEnd(), button.dataset.line].filter(Boolean).join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  button.remove();
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-suggest] [data-line]");
  if (button) add(button);
});
