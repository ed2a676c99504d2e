// Keys for the buttons of a decision page: data-key="o". `?` lists them; off while typing; may be switched off.
// A <details data-sheet> is a decision's sheet: its key opens it, digits choose in it, Enter sends, Esc closes.
import { announce } from "./announce.js";

const STORE = "bigep:keys-off";

function isTyping(target) {
  return target.isContentEditable || (target.matches?.("input, textarea, select") && !["checkbox", "radio", "button", "submit"].includes(target.type));
}

function isOff() {
  try {
    return window.localStorage.getItem(STORE) === "1";
  } catch {
    return false;
  }
}

function setOff(off) {
  try {
    window.localStorage.setItem(STORE, off ? "1" : "0");
  } catch {
    // Without a store the keys stay on.
  }
}

function reachable(element) {
  return !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.checkVisibility();
}

function words(element) {
  return element.dataset.keyLabel ?? [...element.childNodes].filter((node) => !["KBD", "SMALL"].includes(node.nodeName)).map((node) => node.textContent).join("").trim();
}

function setUpHelp(area) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "key-help-title");
  dialog.innerHTML = '<div class="dialog-body"><div class="dialog-head"><h2 id="key-help-title">Klavye kısayolları</h2></div><dl class="key-list"></dl>'
    + '<div class="form-check"><input class="form-check-input" type="checkbox" id="key-switch"><label class="form-check-label" for="key-switch">Kısayolları bu cihazda kullan</label></div>'
    + '<div class="dialog-foot"><button type="button" class="btn btn-primary" data-dialog-close>Listeyi kapat</button></div></div>';
  document.body.append(dialog);
  const box = dialog.querySelector("input");
  box.addEventListener("change", () => setOff(!box.checked));

  const open = () => {
    const lines = new Map();
    const bar = area.querySelector(".decision-bar");
    const elements = [...area.querySelectorAll("[data-key]")];
    [...elements.filter((element) => bar?.contains(element)), ...elements].forEach((element) => {
      const key = element.dataset.key.toLocaleUpperCase("tr");
      if (!lines.has(key)) lines.set(key, words(element));
    });
    if (area.querySelector("[data-sheet]")) {
      lines.set("1–9", "Açık kararda gerekçeyi ya da düzeyi seç");
      lines.set("Enter", "Açık kararı kaydet ve sıradakine geç");
      lines.set("Ctrl+Enter", "Yazarken: kaydet");
      lines.set("Esc", "Açık kararı kapat");
    }
    lines.set("?", "Bu listeyi aç");
    dialog.querySelector("dl").replaceChildren(...[...lines].flatMap(([key, text]) => {
      const term = document.createElement("dt");
      term.append(Object.assign(document.createElement("kbd"), { className: "key", textContent: key }));
      return [term, Object.assign(document.createElement("dd"), { textContent: text })];
    }));
    box.checked = !isOff();
    dialog.showModal();
  };
  document.querySelectorAll("[data-key-help]").forEach((button) => button.addEventListener("click", open));
  return open;
}

// The page stays where it is: only the sheet scrolls to what gets the focus.
function focusIn(sheet, stop) {
  stop.focus({ preventScroll: true });
  const body = sheet.querySelector(".sheet-body");
  const below = stop.offsetTop + stop.offsetHeight + 16 - body.clientHeight;
  if (below > body.scrollTop) body.scrollTop = below;
  else if (stop.offsetTop < body.scrollTop) body.scrollTop = Math.max(0, stop.offsetTop - 16);
}

const begun = new WeakSet();

// Where work in an opened sheet begins: what is missing, else the button that sends.
function begin(sheet) {
  begun.add(sheet);
  const empty = [...sheet.querySelectorAll("[data-first]")].find((field) => !field.value.trim());
  const group = sheet.querySelector("[data-must-choose]");
  const unchosen = group && !group.querySelector("input:checked") ? group.querySelector("input") : null;
  const stop = empty ?? unchosen ?? sheet.querySelector("[data-go]");
  if (stop) focusIn(sheet, stop);
}

function setUpSheets(area) {
  const sheets = [...area.querySelectorAll("details[data-sheet]")];
  const close = (sheet) => {
    sheet.open = false;
    sheet.querySelector("summary").focus({ preventScroll: true });
  };
  sheets.forEach((sheet) => {
    if (sheet.open) begun.add(sheet);
    sheet.addEventListener("toggle", () => {
      if (!sheet.open) begun.delete(sheet);
      else if (!begun.has(sheet)) begin(sheet);
    });
    sheet.querySelector("[data-sheet-close]").addEventListener("click", () => close(sheet));
    if (sheet.open) sheet.querySelector("[data-form-errors]")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    const sheet = area.querySelector(".sheet[open]");
    if (sheet) close(sheet);
  });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
}

function choose(area, digit) {
  const group = area.querySelector("details[data-sheet][open] [data-digits]");
  const radio = group?.querySelectorAll("input[type=radio]")[Number(digit) - 1];
  if (!radio) return false;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  announce(`Seçildi: ${words(radio.labels[0])}. Kaydetmek için Enter.`);
  focusIn(radio.closest("[data-sheet]"), radio.form.querySelector("[data-go]"));
  return true;
}

function press(target) {
  if (target.matches("summary")) {
    const details = target.parentElement;
    if (details.open) details.matches("[data-sheet]") ? begin(details) : details.querySelector("textarea, select")?.focus();
    else {
      target.focus({ preventScroll: Boolean(target.closest(".decision-bar")) });
      target.click();
      // At once, and not when the browser gets round to saying that it is open: the next key is already on its way.
      if (details.matches("[data-sheet]")) begin(details);
      else details.querySelector("select, textarea")?.focus();
    }
  } else if (target.closest("[data-sheet]") && target.matches("textarea")) focusIn(target.closest("[data-sheet]"), target);
  else if (target.matches("input, textarea, select")) target.focus();
  else target.click();
}

function setUpFiles() {
  document.querySelectorAll("[data-next-file]").forEach((button) => button.addEventListener("click", () => {
    const links = [...document.getElementById(button.dataset.nextFile).querySelectorAll("a[data-view]")];
    const shown = links.findIndex((link) => link.getAttribute("aria-current") === "true");
    const next = links[(Math.max(shown, 0) + 1) % links.length];
    next?.click();
    if (next) announce(`Gösterilen kanıt: ${next.textContent.trim()}`);
  }));
}

// A form that opens under a summary gets the focus in its first field.
function setUpDetails(area) {
  area.querySelectorAll(".beside-forms > details").forEach((details) => {
    const focus = () => details.open && details.querySelector("select, textarea")?.focus();
    details.addEventListener("toggle", focus);
    details.addEventListener("htmx:afterSettle", focus);
  });
}

const area = document.querySelector("[data-review-keys]");
if (area) {
  const help = setUpHelp(area);
  setUpSheets(area);
  setUpFiles();
  setUpDetails(area);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      help();
      return;
    }
    if (isOff()) return;
    if (/^[1-9]$/.test(event.key) && choose(area, event.key)) {
      event.preventDefault();
      return;
    }
    const pressed = event.key.toLocaleLowerCase("tr");
    const target = [...area.querySelectorAll("[data-key]")].find((element) => element.dataset.key === pressed && reachable(element));
    if (!target) return;
    event.preventDefault();
    press(target);
  });
}
