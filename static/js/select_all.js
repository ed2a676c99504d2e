// A checkbox with data-select-all="name" marks and unmarks all checkboxes of that name in its form.
for (const all of document.querySelectorAll("[data-select-all]")) {
  const boxes = () => [...all.form.querySelectorAll(`input[type="checkbox"][name="${all.dataset.selectAll}"]`)];
  const show = () => {
    const marked = boxes().filter((box) => box.checked).length;
    all.checked = marked > 0 && marked === boxes().length;
    all.indeterminate = marked > 0 && marked < boxes().length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
  });
  all.form.addEventListener("change", (event) => {
    if (event.target !== all) show();
  });
}
