// A checkbox with data-select-all="name" marks and unmarks all checkboxes of that name in its form; an element with
// data-selected="name" says how many are marked.
for (const all of document.querySelectorAll("[data-select-all]")) {
  const name = all.dataset.selectAll;
  const boxes = () => [...all.form.elements].filter((box) => box.type === "checkbox" && box.name === name);
  const show = () => {
    const marked = boxes().filter((box) => box.checked).length;
    all.checked = marked > 0 && marked === boxes().length;
    all.indeterminate = marked > 0 && marked < boxes().length;
    const told = document.querySelector(`[data-selected="${name}"]`);
    if (told) told.textContent = marked ? `${marked} seçildi` : "";
  };
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    show();
  });
  document.addEventListener("change", (event) => {
    if (event.target !== all && event.target.form === all.form) show();
  });
  window.addEventListener("pageshow", show);
}
