// The panel that shows both versions of a record that somebody else saved in between.

function part(tag, css, text) {
  const element = document.createElement(tag);
  if (css) element.className = css;
  if (text !== undefined) element.textContent = text;
  return element;
}

function side(row, index, whose, title, text, checked) {
  const label = part("label", "conflict-side");
  const head = part("span", "form-check");
  const choice = Object.assign(document.createElement("input"), {
    type: "radio", name: `_conflict_${index}`, value: whose, className: "form-check-input", checked,
  });
  head.append(choice, part("span", "form-check-label", title));
  label.append(head, part("span", "", text === "" || text === null || text === undefined ? "–" : String(text)));
  return label;
}

function putTheirs(form, row) {
  const value = row.theirs_value ?? row.theirs;
  const values = (Array.isArray(value) ? value : [value ?? ""]).map(String);
  for (const field of form.querySelectorAll(`[name="${CSS.escape(row.name)}"]`)) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field.multiple) [...field.options].forEach((option) => { option.selected = values.includes(option.value); });
    else field.value = values[0];
  }
}

/** `done` gets `[{ name, keepMine }]` when the person has chosen. */
export function showConflict(form, data, done) {
  form.querySelector("[data-conflict-panel]")?.remove();
  const rows = data.conflicts ?? [];
  const panel = part("section", "notice notice-warning conflict");
  panel.dataset.conflictPanel = "";
  panel.dataset.autosaveSkip = "";
  panel.tabIndex = -1;
  panel.setAttribute("role", "alert");
  const inner = part("div");
  inner.append(part("p", "notice-title", "Bu kayıt siz düzenlerken değişti."));
  const who = data.own ? "Siz bu kaydı başka bir sekmede ya da cihazda değiştirdiniz." : `${data.by || "Başka biri"} aynı kaydı değiştirdi.`;
  inner.append(part("p", "", `${who} Hangi yazının kalacağını her alan için seçiniz; hiçbir şey silinmedi.`));
  rows.forEach((row, index) => {
    const box = part("fieldset", "conflict-row");
    box.append(part("legend", "", row.label));
    box.append(side(row, index, "mine", "Benim yazdığım", row.mine, true), side(row, index, "theirs", "Kayıtlı olan", row.theirs, false));
    inner.append(box);
  });
  const button = Object.assign(part("button", "btn btn-primary", rows.length ? "Seçtiklerimle devam et" : "Sayfayı yenile"), { type: "button" });
  button.addEventListener("click", () => {
    if (!rows.length) {
      window.location.reload();
      return;
    }
    const choices = rows.map((row, index) => ({
      name: row.name,
      keepMine: panel.querySelector(`input[name="_conflict_${index}"]:checked`).value === "mine",
    }));
    rows.forEach((row, index) => { if (!choices[index].keepMine) putTheirs(form, row); });
    panel.remove();
    done(choices);
  });
  inner.append(button);
  panel.append(inner);
  form.prepend(panel);
  panel.focus();
}
